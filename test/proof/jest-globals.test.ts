import { describe, expect, test } from '@jest/globals';
import { Connectivity, Port } from 'cdk8s-secure-network';
import 'cdk8s-secure-network/lib/jest';
import { deployment, newCluster } from '../support/app';

describe('8. jest matchers with @jest/globals', () => {
  test('are typed and work without the globals', () => {
    const { app, namespace } = newCluster();
    const shop = namespace('shop');
    const [frontend, api] = [deployment(shop, 'frontend', 8080), deployment(shop, 'api', 9090)];
    frontend.connections.allowTo(api);
    const net = Connectivity.ofApp(app);
    expect(net).toOnlyAllow(frontend, api, Port.tcp(9090));
    expect(net).toDeny(api, frontend);
    expect(() => expect(net).toDeny(frontend, api)).toThrow(/TCP 9090 is allowed/);
    // @ts-expect-error a number is no peer
    expect(() => expect(net).toAllow(frontend, 7)).toThrow();
  });
});
