import { strict as assert } from "node:assert";
import { test } from "node:test";
import { maskSecrets, maskUrlSecrets } from "../../src/base/secrets.ts";

const CASES: readonly (readonly [text: string, masked: string])[] = [
  ["http://ada:secret@shop.test/x", "http://***@shop.test/x"],
  ["https://token@shop.test", "https://***@shop.test"],
  ["http+unix://a:b@sock", "http+unix://***@sock"],
  ["http://a:p@ss@shop.test", "http://***@shop.test"],
  ["see http://a:b@h and http://c:d@i", "see http://***@h and http://***@i"],
  ["http://shop.test/users/@ada", "http://shop.test/users/@ada"],
  ["http://shop.test?mail=a@b", "http://shop.test?mail=a@b"],
  ["http://h.test:8086/write?db=x&u=ada&p=secret#a", "http://h.test:8086/write?db=x&u=***&p=***#a"],
  ["see https://h.test/?api_key=k-1 and ?token=t", "see https://h.test/?api_key=*** and ?token=***"],
  ["http://shop.test?people=4&uses=5", "http://shop.test?people=4&uses=5"],
  ["no URL?token=t", "no URL?token=t"],
  ["ada@shop.test", "ada@shop.test"],
];

for (const [text, masked] of CASES) {
  test(`maskUrlSecrets() of ${text}`, () => assert.equal(maskUrlSecrets(text), masked));
}

const TEXTS: readonly (readonly [text: string, masked: string])[] = [
  ['{"user":"ada","password":"p\\"w","n":1}', '{"user":"ada","password":"***","n":1}'],
  ['{"accessToken": "abc", "token_type": "x"}', '{"accessToken": "***", "token_type": "***"}'],
  ["user=ada&passwd=x&api_key=k-1&n=1", "user=ada&passwd=***&api_key=***&n=1"],
  ["Authorization: Bearer abc.def-123", "Authorization: *** ***"],
  ["got Basic YWRhOnNlY3JldA== from you", "got Basic *** from you"],
  ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!", "jwt ***!"],
  ["session_id='abc'; path=/", "session_id='***'; path=/"],
  ["<p>Wrong password</p>", "<p>Wrong password</p>"],
  ['{"error":"out of stock","left":0}', '{"error":"out of stock","left":0}'],
  ["the tokenizer failed: bad input", "the tokenizer failed: bad input"],
];

for (const [text, masked] of TEXTS) {
  test(`maskSecrets() of ${text}`, () => assert.equal(maskSecrets(text), masked));
}
