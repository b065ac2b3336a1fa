import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** What a deployment lets HTTP targets reach beyond the public internet. */
export interface AddressAllowance {
  /** RFC 1918, RFC 6598 (CGNAT) and unique local IPv6: the inside of a VPC. */
  private: boolean;
  /** This machine itself; only where the machine is a developer's. */
  loopback: boolean;
}

const PRIVATE = new Set(['private', 'carrierGradeNat', 'uniqueLocal']);
/** The services that EC2 offers to its own instances, credentials among them, have addresses that look private. */
const EC2_OWN = ipaddr.parseCIDR('fd00:ec2::/32');
/** All that IANA has given to the public internet in IPv6. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/**
 * May an HTTP target be at this address? Whatever is not plainly public is not: loopback, link-local, multicast,
 * documentation and other reserved blocks, and every IPv6 form that carries an IPv4 address inside it (mapped, NAT64,
 * 6to4, Teredo), since what it would reach cannot be judged from it.
 */
export function isReachable(address: string, allowance: AddressAllowance): boolean {
  if (!isAddress(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return allowance.loopback;
  if (PRIVATE.has(range)) return allowance.private && !isWithin(parsed, EC2_OWN);
  return range === 'unicast' && (parsed.kind() === 'ipv4' || isWithin(parsed, GLOBAL_UNICAST));
}

const isWithin = (
  address: ipaddr.IPv4 | ipaddr.IPv6,
  block: readonly [ipaddr.IPv4 | ipaddr.IPv6, number],
): boolean => address.kind() === block[0].kind() && address.match(block[0], block[1]);

/** The address that a URL's host is by itself, without a resolver; WHATWG URLs have normalized its odd spellings. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isAddress(bare) ? bare : undefined;
}

/** ipaddr.js alone also takes `1.2.3` and octal parts, which mean different things to different readers. */
const isAddress = (text: string): boolean => isIP(text) !== 0 && ipaddr.isValid(text);
