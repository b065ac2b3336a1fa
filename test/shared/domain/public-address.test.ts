import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isReachable, literalAddress } from '../../../shared/domain/public-address.ts';

const PUBLIC = { private: false, loopback: false };
const INSIDE = { private: true, loopback: false };
const LAPTOP = { private: false, loopback: true };

const NEVER = {
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  'link-local, where clouds keep credentials': [
    '169.254.169.254',
    '169.254.170.2',
    'fe80::1',
    'fe80::1%eth0',
  ],
  'the same by unique local IPv6': ['fd00:ec2::254', 'fd00:ec2::23'],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1'],
  broadcast: ['255.255.255.255'],
  reserved: ['192.0.0.9', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.5', '240.0.0.1'],
  'reserved in IPv6': ['100::1', '2001:db8::1', '2001:20::1', '3fff::1', '5f00::1', 'fec0::1', '4000::1'],
  'IPv4 mapped into IPv6': ['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1'],
  'IPv4 in IPv6 in its oldest form': ['::127.0.0.1', '::8.8.8.8'],
  'IPv4 translated': ['::ffff:0:127.0.0.1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
  '6to4': ['2002:7f00:1::', '2002:0808:0808::1', '192.88.99.1'],
  Teredo: ['2001::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'no address at all': ['', 'localhost', '127.0.0.1.nip.io', '1.2.3', '::g', '[::1]'],
};
const LOOPBACK = ['127.0.0.1', '127.255.255.254', '::1'];
const PRIVATE = [
  '10.0.0.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '100.64.0.1',
  '100.127.255.255',
  'fc00::1',
  'fd12::1',
];

describe('an address that an HTTP target may have', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::1'])(
    'is a public one: %s',
    (address) => {
      expect(isReachable(address, PUBLIC)).toBe(true);
    },
  );

  it.each(Object.entries(NEVER))('is never %s, whatever is allowed', (_, addresses) => {
    const everything = { private: true, loopback: true };
    expect(addresses.filter((address) => isReachable(address, everything))).toEqual([]);
  });

  it('is private only where the deployment says so', () => {
    expect(PRIVATE.filter((address) => isReachable(address, PUBLIC))).toEqual([]);
    expect(PRIVATE.filter((address) => !isReachable(address, INSIDE))).toEqual([]);
    expect(LOOPBACK.filter((address) => isReachable(address, INSIDE))).toEqual([]);
  });

  it('is of the machine itself only on a laptop', () => {
    expect(LOOPBACK.filter((address) => isReachable(address, PUBLIC))).toEqual([]);
    expect(LOOPBACK.filter((address) => !isReachable(address, LAPTOP))).toEqual([]);
    expect(PRIVATE.filter((address) => isReachable(address, LAPTOP))).toEqual([]);
  });

  it('is never an IPv6 address outside 2000::/3 that is not unique local', () => {
    const hextets = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 });
    const first = fc.integer({ min: 0, max: 0xffff }).filter((x) => x >> 13 !== 1 && x >> 9 !== 0x7e);
    fc.assert(
      fc.property(first, hextets, (head, rest) => {
        const address = [head, ...rest].map((part) => part.toString(16)).join(':');
        return !isReachable(address, INSIDE);
      }),
    );
  });
});

describe('the address in a URL', () => {
  it.each([
    ['http://2130706433/', '127.0.0.1'],
    ['http://0x7f000001/', '127.0.0.1'],
    ['http://0177.0.0.1/', '127.0.0.1'],
    ['http://127.1/', '127.0.0.1'],
    ['http://0x7f.1/', '127.0.0.1'],
    ['http://１２７.０.０.１/', '127.0.0.1'],
    ['http://0/', '0.0.0.0'],
    ['http://[::ffff:127.0.0.1]/', '::ffff:7f00:1'],
    ['http://[0:0::1]/', '::1'],
    ['http://169.254.169.254/latest', '169.254.169.254'],
    ['http://2852039166/', '169.254.169.254'],
  ])('%s is %s', (url, address) => {
    expect(literalAddress(new URL(url).hostname)).toBe(address);
  });

  it('is none when the host has a name', () => {
    expect(literalAddress('localhost')).toBeUndefined();
    expect(literalAddress('127.0.0.1.nip.io')).toBeUndefined();
  });
});
