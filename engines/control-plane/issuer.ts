/**
 * An issuer of tokens on this machine, for as many issuers as a file names: it serves their discovery documents and keys over HTTPS, and
 * signs whatever it is told to, right or wrong.
 */
import { KeyObject, createHmac, generateKeyPairSync, sign } from 'crypto';
import { readFileSync } from 'fs';
import { createServer } from 'https';
import { AddressInfo } from 'net';
import { join } from 'path';
import { Claims, Signing } from './tokens';

export interface Issuer {
  /** PEM of the authority behind its certificate. */
  readonly authority: string;
  /** Stands for a webhook that is asked for authorization and has no opinion. */
  readonly webhookUrl: string;
  /** Whom it was asked about. */
  readonly askedAbout: string[];
  discoveryUrl(issuerUrl: string): string;
  stop(): Promise<void>;
}

interface SigningKey {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const DISCOVERY = '/.well-known/openid-configuration';
const ALGORITHMS = ['RS256', 'ES256'] as const;
const STRANGER: SigningKey = generateKeyPairSync('rsa', { modulusLength: 2048 });
const known = new Map<string, Record<typeof ALGORITHMS[number], SigningKey>>();

/** The keys of one issuer; no other has them. */
function keysOf(issuerUrl: string): Record<typeof ALGORITHMS[number], SigningKey> {
  const keys = known.get(issuerUrl) ?? { RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }), ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
  known.set(issuerUrl, keys);
  return keys;
}

/** `certificates` holds ca.crt, serving.crt and serving.key for 127.0.0.1. */
export async function startIssuer(certificates: string): Promise<Issuer> {
  const read = (name: string) => readFileSync(join(certificates, name), 'utf8');
  let base = '';
  const askedAbout: string[] = [];
  const server = createServer({ cert: read('serving.crt'), key: read('serving.key') }, (request, response) => {
    let sent = '';
    request.setEncoding('utf8').on('data', part => { sent += part; }).on('end', () => {
      const body = request.url?.startsWith('/authorize') ? noOpinion(JSON.parse(sent), askedAbout) : answer(base, request.url ?? '');
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    authority: read('ca.crt'),
    discoveryUrl: issuerUrl => `${base}/${encodeURIComponent(issuerUrl)}${DISCOVERY}`,
    webhookUrl: `${base}/authorize`,
    askedAbout,
    stop: () => new Promise(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

function noOpinion({ apiVersion, kind, spec }: any, askedAbout: string[]): unknown {
  askedAbout.push(spec.user);
  return { apiVersion, kind, status: { allowed: false } };
}

/** What stands at a path: the discovery document of the issuer that the path names, or its keys. */
export function answer(base: string, path: string): unknown {
  const [, name, ...rest] = path.split('/');
  const [issuer, document] = [decodeURIComponent(name ?? ''), `/${rest.join('/')}`];
  if (document === '/keys') return { keys: ALGORITHMS.map(alg => ({ ...keysOf(issuer)[alg].publicKey.export({ format: 'jwk' }), kid: alg, alg, use: 'sig' })) };
  if (document !== DISCOVERY) return undefined;
  return {
    issuer,
    jwks_uri: `${base}/${name}/keys`,
    authorization_endpoint: `${base}/${name}/authorize`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ALGORITHMS,
  };
}

/** A token with these claims, signed by this issuer, or by a stranger under the name of the issuer's key. */
export function tokenOf(issuerUrl: string, claims: Claims, signing: Signing): string {
  const alg = signing === 'stranger' ? 'RS256' : signing === 'confused' ? 'HS256' : signing;
  const text = `${encoded({ alg, typ: 'JWT', ...(signing === 'none' ? {} : { kid: alg === 'ES256' ? alg : 'RS256' }) })}.${encoded(claims)}`;
  return `${text}.${signatureOf(issuerUrl, text, signing)}`;
}

function signatureOf(issuerUrl: string, text: string, signing: Signing): string {
  if (signing === 'none') return '';
  const keys = keysOf(issuerUrl);
  if (signing === 'confused') return createHmac('sha256', keys.RS256.publicKey.export({ format: 'pem', type: 'spki' })).update(text).digest('base64url');
  const { privateKey: key } = signing === 'stranger' ? STRANGER : keys[signing];
  return sign('sha256', Buffer.from(text), signing === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' } : key).toString('base64url');
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
