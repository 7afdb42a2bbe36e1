/**
 * What the library itself writes has no findings, as an App with its facts and as bare manifests; and jest can say so of anybody's.
 */
import { existsSync } from 'fs';
import { join } from 'path';
import { Connectivity } from 'cdk8s-secure-network';
import 'cdk8s-secure-network/lib/jest';

const ROOT = join(__dirname, '..', '..');
const cases = (path: string) => Connectivity.ofManifests([join(__dirname, 'cases', path)]);

describe('2. check: precision', () => {
  test.each(['shop', 'minimal'])('the manifests of example %s have no finding', name => {
    const expected = join(ROOT, 'examples', name, 'expected');
    expect(existsSync(expected)).toBe(true);
    expect(Connectivity.ofManifests([expected])).toHaveNoFindings();
    const facts = { podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'], nodeCidrs: ['192.0.2.0/24'] };
    expect(Connectivity.ofManifests([expected], { facts })).toHaveNoFindings();
  });

  test.each(['shop', 'minimal'])('the App of example %s has no finding, nor have the peers that others own', name => {
    expect(netOf(name)).toHaveNoFindings();
  });
});

describe('5. toHaveNoFindings', () => {
  test('holds, or shows every finding with its remedy', () => {
    expect(cases('SN0104/good.yaml')).toHaveNoFindings();
    expect(() => expect(cases('SN0104/bad.yaml')).toHaveNoFindings()).toThrow(/error SN0104 empty-peers: NetworkPolicy shop\/api[^]*remedy: name the peers/);
  });

  test('its negation holds where there is one', () => {
    expect(cases('SN0104/bad.yaml')).not.toHaveNoFindings();
    expect(() => expect(cases('SN0104/good.yaml')).not.toHaveNoFindings()).toThrow('there are none');
  });

  test('leaves out milder levels and codes', () => {
    expect(cases('SN0106/bad.yaml')).not.toHaveNoFindings({ level: 'warning' });
    expect(cases('SN0106/bad.yaml')).toHaveNoFindings({ level: 'error' });
    expect(cases('SN0106/bad.yaml')).toHaveNoFindings({ except: ['SN0106'] });
    expect(cases('SN0106/bad.yaml')).not.toHaveNoFindings({ except: ['SN0105'] });
  });

  test('is for a Connectivity', () => {
    expect(() => expect('SN0104').toHaveNoFindings()).toThrow('this matcher is for a Connectivity');
  });
});

/** The App of an example, as it is when it is synthesized; nothing is written. */
function netOf(name: string): Connectivity {
  const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  let net: Connectivity | undefined;
  jest.isolateModules(() => {
    const library = jest.requireActual('cdk8s-secure-network');
    library.ClusterApp.prototype.synth = function () {
      net = library.Connectivity.ofApp(this);
    };
    library.ClusterApp.prototype.summary = () => '';
    jest.requireActual(join(ROOT, 'examples', name, 'main.ts'));
  });
  log.mockRestore();
  return net!;
}
