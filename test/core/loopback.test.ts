import { describe, expect, it } from '@jest/globals';
import { isLoopback } from '../../src/core/desired.ts';

describe('a loopback endpoint', () => {
  it.each([
    'http://127.0.0.1:1',
    'http://127.9.9.9',
    'http://0x7f.1:1',
    'http://2130706433',
    'http://[::1]:1',
  ])('is %s', (endpoint) => {
    expect(isLoopback(endpoint)).toBe(true);
  });

  it.each([
    undefined,
    'https://sms.us-west-2.amazonaws.com',
    'https://127.0.0.1',
    'http://192.0.2.1:80',
    'http://128.0.0.1',
    'http://127.0.0.1.example.com',
    'http://127.example.com',
    'http://localhost.example.com',
    'http://127.0.0.1@192.0.2.1',
    'http://user@127.0.0.1',
    'http://[::2]',
    'http://[::ffff:192.0.2.1]',
    'http://0.0.0.0',
    'file:///etc/passwd',
    'nonsense',
  ])('is not %s', (endpoint) => {
    expect(isLoopback(endpoint)).toBe(false);
  });
});
