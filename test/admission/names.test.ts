import {
  checkAnnotationKey, checkConfigKey, checkDnsLabel, checkDnsSubdomain, checkLabelKey, checkLabels, checkLabelValue, checkPathSegment, checkPortName,
  checkServiceName,
} from '../../src/admission/names';

type Check = (what: string, value: string) => void;
const long = (length: number) => 'a'.repeat(length);

describe('9. errors: names are refused where they enter', () => {
  const grid: Record<string, { check: Check; good: string[]; bad: string[] }> = {
    'DNS label': {
      check: checkDnsLabel,
      good: ['a', '1', 'shop', 'a-1', '1a', long(63)],
      bad: ['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a b', 'é', 'a\n', long(64)],
    },
    'DNS subdomain': {
      check: checkDnsSubdomain,
      good: ['a', 'a.b-c.1', long(253)],
      bad: ['', '.a', 'a.', 'a..b', 'a.-b', 'a-.b', 'A.b', 'a/b', long(254)],
    },
    'Service name': {
      check: checkServiceName,
      good: ['a', 'a1', 'orders-db', long(63)],
      bad: ['', '1a', '-a', 'a-', 'a.b', 'Orders', long(64)],
    },
    'port name': {
      check: checkPortName,
      good: ['http', 'p', '8a', 'a-b', 'grpc-web', long(15)],
      bad: ['', '8080', '1-2', 'a--b', '-a', 'a-', 'HTTP', 'a_b', long(16)],
    },
    'label key': {
      check: checkLabelKey,
      good: ['app', 'App_1.x', 'app.kubernetes.io/name', `${long(253)}/${long(63)}`],
      bad: ['', '/a', 'a/', 'a/b/c', 'App/name', '-a', 'a-', 'a b', long(64), `${long(254)}/a`],
    },
    'label value': {
      check: checkLabelValue,
      good: ['', 'a', 'A_b.c-d', long(63)],
      bad: ['-', 'a-', '_a', 'a/b', 'a b', 'a,b', long(64)],
    },
    'annotation key': {
      check: checkAnnotationKey,
      good: ['a', 'App/Name', 'sidecar.istio.io/inject'],
      bad: ['', 'a/', '/a', 'a/b/c', 'a b'],
    },
    'ConfigMap key': {
      check: checkConfigKey,
      good: ['haproxy.cfg', '.env', 'A_b-c', long(253)],
      bad: ['', '.', '..', '..a', 'a/b', 'a b', long(254)],
    },
    'path segment': {
      check: checkPathSegment,
      good: ['system:node', 'Team A', 'a.b'],
      bad: ['', '.', '..', 'a/b', 'a%b'],
    },
  };

  for (const [form, { check, good, bad }] of Object.entries(grid)) {
    test.each(good)(`${form} %j is accepted`, value => expect(() => check('name', value)).not.toThrow());
    test.each(bad)(`${form} %j is refused`, value => expect(() => check('name', value)).toThrow(/^name '/));
  }

  test('an error names subject, value and remedy', () => {
    expect(() => checkDnsLabel('namespace', 'My Shop')).toThrow(
      "namespace 'My Shop' is not a DNS label (RFC 1123): it needs lowercase letters, digits and '-', beginning and ending with a letter or digit: did you mean 'my-shop'?");
    expect(() => checkServiceName('service', '1-db')).toThrow(/did you mean 'db'\?$/);
    expect(() => checkPortName('port', 'postgres-primary')).toThrow(/it has 16 characters, at most 15 are allowed: did you mean 'postgres-primar'\?$/);
    expect(() => checkPortName('port', '8080')).toThrow(/with at least one letter: choose another$/);
    expect(() => checkLabelKey('label', 'Example.com/app')).toThrow(/whose prefix is a DNS subdomain: .*did you mean 'example.com\/app'\?$/);
    expect(() => checkLabelKey('label', 'example.com/my app')).toThrow(/did you mean 'example.com\/my-app'\?$/);
    expect(() => checkPathSegment('role', 'shop/edit')).toThrow(/did you mean 'shop:edit'\?$/);
    expect(() => checkDnsLabel('namespace', undefined as any)).toThrow(/it has to be a string/);
  });

  test('labels are checked key by key and value by value', () => {
    expect(() => checkLabels("workload 'cart'", { 'app': 'cart', 'example.com/tier': '' })).not.toThrow();
    expect(() => checkLabels("workload 'cart'", { 'a b': 'cart' })).toThrow(/^label key of workload 'cart' 'a b'/);
    expect(() => checkLabels("workload 'cart'", { app: 'my cart' })).toThrow(/^value of label 'app' of workload 'cart' 'my cart'/);
  });
});
