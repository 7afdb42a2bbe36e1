/**
 * TLS of the API server: `TlsVersion.TLS_1_2` and up, and suites that keep what was said secret when a key is lost later.
 * Weak versions and suites cannot be written; where they come from elsewhere, they are refused with what is wrong with them.
 */

/** The oldest TLS version that clients may use. Older ones than these cannot be stated. */
export enum TlsVersion {
  /** Every client in use today. */
  TLS_1_2 = 'VersionTLS12',
  /** Clients from 2019 on. Its cipher suites are all strong and cannot be chosen. */
  TLS_1_3 = 'VersionTLS13',
}

/** Cipher suites of TLS 1.2 with forward secrecy and authenticated encryption. Weaker ones cannot be stated. */
export enum CipherSuite {
  ECDHE_ECDSA_AES_128_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  ECDHE_ECDSA_AES_256_GCM = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  ECDHE_ECDSA_CHACHA20_POLY1305 = 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  ECDHE_RSA_AES_128_GCM = 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  ECDHE_RSA_AES_256_GCM = 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  ECDHE_RSA_CHACHA20_POLY1305 = 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
}

/** A version and the suites to go with it; undefined where they cannot be chosen. */
export interface Tls {
  readonly minVersion: TlsVersion;
  readonly cipherSuites?: readonly CipherSuite[];
  /** The suites are this library's choice, not the user's. */
  readonly chosenHere: boolean;
}

const STRONG = Object.values(CipherSuite).sort();
/** HTTP/2, which the API server speaks, demands one of them; without one it does not start. */
const HTTP_2 = [CipherSuite.ECDHE_ECDSA_AES_128_GCM, CipherSuite.ECDHE_RSA_AES_128_GCM];

/** Throws where a version or a suite is weak, or where the API server would not start. */
export function resolveTls(minVersion: TlsVersion | undefined, cipherSuites: readonly CipherSuite[] | undefined): Tls {
  const version = minVersion ?? TlsVersion.TLS_1_2;
  if (!Object.values(TlsVersion).includes(version)) {
    throw new Error(`tlsMinVersion '${version}' is weak or unknown: use TlsVersion.TLS_1_2 or TlsVersion.TLS_1_3`);
  }
  if (version === TlsVersion.TLS_1_3) {
    if (cipherSuites) throw new Error(`cipherSuites '${cipherSuites.join(', ')}' have no effect: TLS 1.3 has its own, all of them strong: leave 'cipherSuites' out`);
    return { minVersion: version, chosenHere: true };
  }
  if (!cipherSuites) return { minVersion: version, cipherSuites: STRONG, chosenHere: true };
  for (const suite of cipherSuites) {
    const weakness = weaknessOf(suite);
    if (weakness) throw new Error(`cipher suite '${suite}' is weak or unknown: ${weakness}: use one of CipherSuite, or leave 'cipherSuites' out for all of them`);
  }
  if (!cipherSuites.some(suite => HTTP_2.includes(suite))) {
    throw new Error(`cipherSuites '${cipherSuites.join(', ')}' hold none that HTTP/2 demands, and the API server would not start: `
      + 'add CipherSuite.ECDHE_RSA_AES_128_GCM or CipherSuite.ECDHE_ECDSA_AES_128_GCM, as its key is');
  }
  return { minVersion: version, cipherSuites: [...new Set(cipherSuites)].sort(), chosenHere: false };
}

function weaknessOf(suite: string): string | undefined {
  if (STRONG.includes(suite as CipherSuite)) return undefined;
  if (/RC4|3DES|NULL|EXPORT|_MD5$/.test(suite)) return 'its cipher is broken';
  if (!/ECDHE/.test(suite)) return 'it has no forward secrecy, so a key lost later opens what was recorded before';
  if (/_CBC_/.test(suite)) return 'CBC mode has been read without the key';
  return 'it is not known to be strong';
}
