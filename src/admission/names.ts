/**
 * Names as the API server will judge them, checked where they enter:
 *
 *   checkDnsLabel('namespace', 'Shop')  =>  namespace 'Shop' is not a DNS label: ... did you mean 'shop'?
 *
 * Every check either returns or throws; none repairs a name, because a name silently changed is a name nobody finds again.
 * Lengths are those of the API: 63 for labels, 253 for subdomains, 15 for port names.
 */

interface NameRule {
  /** How the API calls this form, with its article. */
  readonly form: string;
  readonly max: number;
  readonly pattern: RegExp;
  /** What the pattern asks for, in words. */
  readonly asks: string;
  /** The nearest name of this form. Shown only if it is one. */
  readonly repair: (value: string) => string;
}

const lowered = (value: string, keep: RegExp) => value.toLowerCase().replace(keep, '-').replace(/-{2,}/g, '-');
const trimmed = (value: string, max: number) => value.slice(0, max).replace(/^[-._]+|[-._]+$/g, '');

const DNS_LABEL: NameRule = {
  form: 'a DNS label (RFC 1123)',
  max: 63,
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  asks: "lowercase letters, digits and '-', beginning and ending with a letter or digit",
  repair: value => trimmed(lowered(value, /[^a-z0-9-]/g), 63),
};

const DNS_SUBDOMAIN: NameRule = {
  form: 'a DNS subdomain (RFC 1123)',
  max: 253,
  pattern: /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
  asks: "lowercase letters, digits, '-' and '.', every part beginning and ending with a letter or digit",
  repair: value => trimmed(lowered(value, /[^a-z0-9.-]/g), 253),
};

const DNS_1035_LABEL: NameRule = {
  form: 'a DNS label (RFC 1035)',
  max: 63,
  pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  asks: "lowercase letters, digits and '-', beginning with a letter and ending with a letter or digit",
  repair: value => trimmed(lowered(value, /[^a-z0-9-]/g).replace(/^[^a-z]+/, ''), 63),
};

const PORT_NAME: NameRule = {
  form: 'a port name (IANA service name)',
  max: 15,
  pattern: /^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
  asks: "lowercase letters, digits and single '-' between them, with at least one letter",
  repair: value => trimmed(lowered(value, /[^a-z0-9-]/g), 15),
};

const QUALIFIED_NAME: NameRule = {
  form: 'a name',
  max: 63,
  pattern: /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/,
  asks: "letters, digits, '-', '_' and '.', beginning and ending with a letter or digit",
  repair: value => trimmed(value.replace(/[^A-Za-z0-9_.-]+/g, '-'), 63),
};

const CONFIG_KEY: NameRule = {
  form: 'a key of a ConfigMap or Secret',
  max: 253,
  pattern: /^(?!\.$)(?!\.\.)[-._a-zA-Z0-9]+$/,
  asks: "letters, digits, '-', '_' and '.', not '.' and not beginning with '..'",
  repair: value => value.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^\.\.+/, '').slice(0, 253),
};

/** Names of Namespaces, Pods' hostnames and subdomains, containers, volumes, and of the ports of a Service. */
export function checkDnsLabel(what: string, value: string): void {
  check(DNS_LABEL, what, value);
}

/** Names of most objects: workloads, ServiceAccounts, ConfigMaps, Secrets, policies. */
export function checkDnsSubdomain(what: string, value: string): void {
  check(DNS_SUBDOMAIN, what, value);
}

/** Names of Services, which must begin with a letter. */
export function checkServiceName(what: string, value: string): void {
  check(DNS_1035_LABEL, what, value);
}

/** Names of container ports, and ports named in a NetworkPolicy or as a Service's targetPort. */
export function checkPortName(what: string, value: string): void {
  check(PORT_NAME, what, value);
}

/** `name` or `prefix/name`: `app.kubernetes.io/name`. */
export function checkLabelKey(what: string, value: string): void {
  checkQualifiedName('label key', what, value);
}

/** At most 63 characters; empty is a value. */
export function checkLabelValue(what: string, value: string): void {
  if (value !== '') check({ ...QUALIFIED_NAME, form: 'a label value' }, what, value);
}

/** Like a label key, without regard to case. */
export function checkAnnotationKey(what: string, value: string): void {
  checkQualifiedName('annotation key', what, value, value.toLowerCase());
}

/** Keys of ConfigMaps and Secrets, which become file names. */
export function checkConfigKey(what: string, value: string): void {
  check(CONFIG_KEY, what, value);
}

/** Names of RBAC objects: anything that can stand between two slashes of a path. */
export function checkPathSegment(what: string, value: string): void {
  const say = (reason: string, remedy: string) => { throw new Error(`${what} '${value}' is not a path segment: ${reason}: ${remedy}`); };
  if (value === '') say('it is empty', 'give a name');
  if (value === '.' || value === '..') say("'.' and '..' name folders", 'give another name');
  if (/[/%]/.test(value)) say("it contains '/' or '%'", `did you mean '${value.replace(/[/%]+/g, ':')}'?`);
}

/** All keys and values of an object's labels. */
export function checkLabels(what: string, labels: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(labels)) {
    checkLabelKey(`label key of ${what}`, key);
    checkLabelValue(`value of label '${key}' of ${what}`, value);
  }
}

function checkQualifiedName(form: string, what: string, value: string, judged = value): void {
  const slash = judged.indexOf('/');
  const name = judged.slice(slash + 1);
  if (slash >= 0) {
    const prefix = judged.slice(0, slash);
    if (name.includes('/')) throw new Error(`${what} '${value}' is not a ${form}: it has more than one '/': write 'prefix/name'`);
    check({ ...DNS_SUBDOMAIN, form: `a ${form}, whose prefix is a DNS subdomain` }, what, value, prefix, repaired => `${repaired}/${name}`);
  }
  check({ ...QUALIFIED_NAME, form: `a ${form}` }, what, value, name, repaired => value.slice(0, slash + 1) + repaired);
}

function check(rule: NameRule, what: string, value: string, judged = value, whole = (repaired: string) => repaired): void {
  if (typeof judged !== 'string') throw new Error(`${what} ${JSON.stringify(value)} is not ${rule.form}: it has to be a string`);
  if (judged !== '' && judged.length <= rule.max && rule.pattern.test(judged)) return;
  const repaired = rule.repair(judged);
  const hint = rule.pattern.test(repaired) && repaired.length <= rule.max ? `did you mean '${whole(repaired)}'?` : 'choose another';
  const reason = judged === '' ? 'it is empty' : judged.length > rule.max ? `it has ${judged.length} characters, at most ${rule.max} are allowed` : `it needs ${rule.asks}`;
  throw new Error(`${what} '${value}' is not ${rule.form}: ${reason}: ${judged === '' ? 'give a name' : hint}`);
}
