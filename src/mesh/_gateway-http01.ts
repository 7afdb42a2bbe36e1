/**
 * What a gateway answers in plaintext while names are proven by HTTP-01, as a Gateway and routes of their own: no route of another can ever
 * be reached by them. One path leads to the solver of its host; whatever else is asked for is answered with the way to HTTPS.
 */
import { GatewaySpec, VirtualServiceSpec } from '../api/istio-gateway';
import { CHALLENGE, GatewayIntent, RouteTarget } from '../intent/mesh-gateway';

export function renderPlain({ end, http, solvers }: GatewayIntent): GatewaySpec {
  return {
    selector: end.labels,
    servers: [{ port: { number: http!.service, name: 'http', protocol: 'HTTP' }, hosts: solvers.map(({ host }) => `./${host}`) }],
  };
}

export function renderChallenge({ end }: GatewayIntent, host: string, { namespace, service, port }: RouteTarget, domain: string): VirtualServiceSpec {
  return {
    hosts: [host],
    gateways: [`${end.home.namespace}/${end.name}-http`],
    exportTo: ['.'],
    http: [
      {
        match: [{ uri: { prefix: `${CHALLENGE}/` }, method: { exact: 'GET' } }],
        route: [{ destination: { host: `${service}.${namespace}.svc.${domain}`, port: { number: port } } }],
        timeout: '10s',
        retries: { attempts: 0 },
      },
      { redirect: { scheme: 'https', redirectCode: 301 } },
    ],
  };
}
