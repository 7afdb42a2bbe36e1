const PAGE = 'https://github.com/cdk8s-secure-network/cdk8s-secure-network/blob/main/docs/findings.md';

/** Where a check is explained; it follows from its code, so a code is never given away. */
export function pageOf(code: string): string {
  return `${PAGE}#${code.toLowerCase()}`;
}
