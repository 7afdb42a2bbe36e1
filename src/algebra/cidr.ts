/* eslint-disable no-bitwise */
import * as ipaddr from 'ipaddr.js';

/**
 * Addresses and CIDRs as text and as numbers. What is read here is exact: no leading zeros (some programs
 * read them as octal), no short forms, no zones, no IPv4 dressed as IPv6; each error says what to write instead.
 */
export type Family = 4 | 6;

export interface Cidr {
  /** The network address in canonical text. */
  readonly address: string;
  readonly prefix: number;
  readonly family: Family;
  /** The first address as a number. */
  readonly first: bigint;
}

export interface CidrOptions {
  /** What to do with `10.1.2.3/8`: refuse it, as a new object would be, or read it as the network 10.0.0.0/8. */
  readonly hostBits?: 'refuse' | 'mask';
}

export const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

export function parseCidr(text: string, options: CidrOptions = {}): Cidr {
  const slash = typeof text === 'string' ? text.indexOf('/') : -1;
  if (slash < 0) {
    const hint = typeof text === 'string' && isAddress(text) ? `: did you mean '${text}/${text.includes(':') ? 128 : 32}'?` : ': write it as 10.0.0.0/8 or 2001:db8::/32';
    throw new Error(`'${text}' is not a CIDR${hint}`);
  }
  const { family, value } = parseAddress(text.slice(0, slash));
  const prefixText = text.slice(slash + 1);
  const prefix = /^(0|[1-9]\d{0,2})$/.test(prefixText) ? Number(prefixText) : -1;
  if (prefix < 0 || prefix > BITS[family]) {
    throw new Error(`'${text}' has the prefix length '${prefixText}': an IPv${family} prefix length is a number from 0 to ${BITS[family]}`);
  }
  const hostBits = BigInt(BITS[family] - prefix);
  const first = (value >> hostBits) << hostBits;
  const address = formatAddress(first, family);
  if (first !== value && options.hostBits !== 'mask') throw new Error(`'${text}' has host bits set: did you mean ${address}/${prefix}?`);
  return { address, prefix, family, first };
}

export function parseAddress(text: string): { family: Family; value: bigint } {
  if (typeof text !== 'string') throw new Error(`'${text}' is not an IP address: write it as 10.0.0.1 or 2001:db8::1`);
  if (/^[\d.]+$/.test(text)) {
    const octets = text.split('.');
    const zero = octets.find(octet => /^0\d/.test(octet));
    if (zero) throw new Error(`'${text}' has the leading zero '${zero}', which some programs read as octal: write ${text.replace(/\b0+(?=\d)/g, '')}`);
    if (octets.length === 4 && octets.every(octet => octet !== '' && octet.length <= 3 && Number(octet) <= 255)) {
      return { family: 4, value: BigInt(octets.reduce((sum, octet) => sum * 256 + Number(octet), 0)) };
    }
  } else if (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text)) {
    const address = ipaddr.IPv6.parse(text);
    if (address.isIPv4MappedAddress()) throw new Error(`'${text}' is an IPv4 address written as IPv6: write ${address.toIPv4Address()}`);
    return { family: 6, value: address.parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n) };
  }
  throw new Error(`'${text}' is not an IP address: write it as 10.0.0.1 or 2001:db8::1`);
}

export function isAddress(text: string): boolean {
  if (!/^[\d.]+$|:/.test(text)) return false;
  try {
    parseAddress(text);
    return true;
  } catch {
    return false;
  }
}

export function formatAddress(value: bigint | number, family: Family): string {
  if (family === 4) {
    const number = Number(value);
    return [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.');
  }
  const bits = BigInt(value);
  const parts = Array.from({ length: 8 }, (_, i) => Number((bits >> BigInt(112 - 16 * i)) & 0xffffn));
  return new ipaddr.IPv6(parts).toRFC5952String();
}
