import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import fc from "fast-check";
import { type ContentCoding, decodeContent, parseContentCodings } from "../../../src/http/bytes/content_coding.ts";
import { decodeStream } from "../../../src/http/bytes/decode_stream.ts";
import { readAll } from "../../../src/http/bytes/read_all.ts";
import { ProtocolError } from "../../../src/http/bytes/wire_error.ts";

const encoders: readonly (readonly [string, ContentCoding, (bytes: Uint8Array) => Uint8Array])[] = [
  ["gzip", "gzip", (bytes) => zlib.gzipSync(bytes)],
  ["zlib deflate", "deflate", (bytes) => zlib.deflateSync(bytes)],
  ["raw deflate", "deflate", (bytes) => zlib.deflateRawSync(bytes)],
  ["br", "br", (bytes) => zlib.brotliCompressSync(bytes)],
  ["zstd", "zstd", (bytes) => zlib.zstdCompressSync(bytes)],
];

const SAMPLE = new TextEncoder().encode("a page, a page, and one more page: " + "0123456789".repeat(30));

function streamOf(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return ReadableStream.from(chunks);
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

for (const [title, coding, encode] of encoders) {
  test(`decodeContent() undoes ${title} for any bytes`, () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      // An empty body has nothing to decode, not even the frame of an empty stream: HEAD and 304.
      assert.deepEqual([...decodeContent(encode(bytes), [coding])], [...bytes]);
    }));
  });

  test(`decodeContent() fails for ${title} cut anywhere`, () => {
    const whole = encode(SAMPLE);
    for (let length = 1; length < whole.length; length++) {
      assert.throws(() => decodeContent(whole.subarray(0, length), [coding]), ProtocolError, `cut at ${length}`);
    }
  });

  test(`decodeStream() undoes ${title} in pieces of any size`, async () => {
    for (const size of [2, 7, 64, 4096]) {
      const read = await readAll(decodeStream(streamOf(encode(SAMPLE), size), [coding]));
      assert.deepEqual([...read], [...SAMPLE], `pieces of ${size}`);
    }
  });

  test(`decodeStream() fails for ${title} cut short`, async () => {
    const whole = encode(SAMPLE);
    for (const length of [3, whole.length >> 1, whole.length - 1]) {
      await assert.rejects(readAll(decodeStream(streamOf(whole.subarray(0, length), 5), [coding])), ProtocolError);
    }
  });
}

test("decodeContent() reads gzip of several members, with zeros behind", () => {
  const two = join(zlib.gzipSync("one "), zlib.gzipSync("two"), new Uint8Array(8));
  assert.equal(new TextDecoder().decode(decodeContent(two, ["gzip"])), "one two");
});

test("decodeContent() fails for gzip whose second member is cut", () => {
  const second = zlib.gzipSync("two");
  for (let length = 1; length < second.length; length++) {
    const cut = join(zlib.gzipSync("one "), second.subarray(0, length));
    assert.throws(() => decodeContent(cut, ["gzip"]), { message: /broken gzip body/ }, `cut at ${length}`);
  }
});

/** What servers were seen to leave behind a compressed body: line ends, padding, a page of their own, another chunked coding. */
const BEHIND = ["\r\n", "\0\0\0\0\0", "garbage", "0\r\n\r\n", "\x1f", "\x1fx", "<html>".repeat(10_000)];

for (const [title, coding, encode] of encoders) {
  for (const behind of BEHIND) {
    const bytes = join(encode(SAMPLE), new TextEncoder().encode(behind));
    const begins = JSON.stringify(behind.slice(0, 10));
    if (coding === "gzip" && behind === "\x1f") continue; // the beginning of a member, or not: a cut body stays an error

    test(`decodeContent() passes over ${begins} behind the end of ${title}`, () => {
      assert.deepEqual([...decodeContent(bytes, [coding])], [...SAMPLE]);
    });

    test(`decodeStream() passes over ${begins} behind the end of ${title}, in pieces of any size`, async () => {
      for (const size of [1, 2, 7, 64, encode(SAMPLE).length, 1 << 20]) {
        if (bytes.length / size > 2000) continue;
        const read = await readAll(decodeStream(streamOf(bytes, size), [coding]));
        assert.deepEqual([...read], [...SAMPLE], `pieces of ${size}`);
      }
    });
  }

  test(`decodeStream() fails if the body ends early behind the end of ${title}`, async () => {
    const cut = new ProtocolError("body cut short");
    async function* pieces() {
      yield encode(SAMPLE);
      yield new TextEncoder().encode("garbage");
      await undefined;
      throw cut;
    }
    await assert.rejects(readAll(decodeStream(ReadableStream.from(pieces()), [coding])), cut);
  });

  test(`decodeStream() undoes ${title} of more than its buffers hold, in pieces of any size`, async () => {
    const much = new Uint8Array(300_000).map((_, i) => (i * i) >> 7);
    const whole = encode(much);
    for (const size of [1000, 65_536, whole.length]) {
      const read = await readAll(decodeStream(streamOf(whole, size), [coding]));
      assert.equal(read.length, much.length);
      assert.ok(read.every((byte, place) => byte === much[place]));
    }
  });
}

test("decodeStream() reads gzip of several members, with zeros or other bytes behind, in pieces of any size", async () => {
  for (const behind of [new Uint8Array(8), new TextEncoder().encode("garbage")]) {
    const whole = join(zlib.gzipSync("one "), zlib.gzipSync(""), zlib.gzipSync("two"), behind);
    for (let size = 1; size <= whole.length; size++) {
      const read = await readAll(decodeStream(streamOf(whole, size), ["gzip"]));
      assert.equal(new TextDecoder().decode(read), "one two", `pieces of ${size}`);
    }
  }
});

test("decodeStream() fails for gzip whose second member is cut", async () => {
  const second = zlib.gzipSync("two");
  for (let length = 1; length < second.length; length++) {
    const cut = streamOf(join(zlib.gzipSync("one "), second.subarray(0, length)), 5);
    await assert.rejects(readAll(decodeStream(cut, ["gzip"])), { message: /broken gzip body/ }, `cut at ${length}`);
  }
});

test("decodeContent() and decodeStream() fail for zstd whose second frame is cut", async () => {
  const second = zlib.zstdCompressSync("two");
  for (let length = 1; length < second.length; length++) {
    const cut = join(zlib.zstdCompressSync("one "), second.subarray(0, length));
    assert.throws(() => decodeContent(cut, ["zstd"]), { message: /broken zstd body/ }, `cut at ${length}`);
    await assert.rejects(readAll(decodeStream(streamOf(cut, 3), ["zstd"])), { message: /broken zstd body/ });
  }
});

test("decodeStream() fails for a wrong checksum", async () => {
  for (const place of [6, 2]) {
    const wrong = Uint8Array.from(zlib.gzipSync("one"));
    wrong[wrong.length - place]! ^= 1;
    await assert.rejects(readAll(decodeStream(streamOf(wrong, 4), ["gzip"])), ProtocolError);
  }
});

test("decodeContent() reads each part of a gzip header before bytes behind its end", () => {
  const plain = zlib.gzipSync("one");
  const text = (letters: string) => new TextEncoder().encode(`${letters}\0`);
  const header = Uint8Array.from(plain.subarray(0, 10));
  header[3] = 2 + 4 + 8 + 16;
  const parts = [header, Uint8Array.from([3, 0, 9, 9, 9]), text("name"), text("a comment"), Uint8Array.from([0, 0])];
  const whole = join(...parts, plain.subarray(10), SAMPLE);
  // zlib checks the header's own checksum, so that only what follows a first member gets there.
  const decoded = new TextDecoder().decode(decodeContent(join(plain, whole), ["gzip"]));
  assert.equal(decoded, "oneone");
});

test("decodeContent() fails for a wrong checksum or size before bytes behind", () => {
  for (const place of [6, 2]) {
    const wrong = Uint8Array.from(zlib.gzipSync("one"));
    wrong[wrong.length - place]! ^= 1;
    assert.throws(() => decodeContent(join(wrong, SAMPLE), ["gzip"]), ProtocolError);
  }
});

test("decodeContent() fails for a wrong checksum", () => {
  const wrong = Uint8Array.from(zlib.gzipSync("one"));
  wrong[wrong.length - 6]! ^= 1;
  assert.throws(() => decodeContent(wrong, ["gzip"]), ProtocolError);
});

test("decodeContent() reads zstd of several frames, skippable ones included", () => {
  const skippable = Uint8Array.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const frames = join(zlib.zstdCompressSync("one "), skippable, zlib.zstdCompressSync("two"));
  assert.equal(new TextDecoder().decode(decodeContent(frames, ["zstd"])), "one two");
});

test("decodeContent() leaves an empty body empty: HEAD and 304 have none to decode", () => {
  assert.equal(decodeContent(new Uint8Array(0), ["gzip"]).length, 0);
});

test("decodeContent() undoes lists in reverse", () => {
  const twice = zlib.gzipSync(zlib.brotliCompressSync(SAMPLE));
  assert.deepEqual([...decodeContent(twice, parseContentCodings("br, gzip"))], [...SAMPLE]);
});

for (
  const [header, codings] of [
    [null, []],
    ["", []],
    ["identity", []],
    ["GZIP", ["gzip"]],
    ["x-gzip", ["gzip"]],
    ["deflate, gzip", ["gzip", "deflate"]],
    ["gzip, aws-chunked", []],
    ["gzip, gzip, gzip, gzip, gzip, gzip", []],
  ] as const
) {
  test(`parseContentCodings() of ${JSON.stringify(header)}`, () =>
    assert.deepEqual(parseContentCodings(header), codings));
}

test("decodeStream() cancels its source when it is cancelled", async () => {
  let cancelled = false;
  const whole = zlib.gzipSync(new Uint8Array(1 << 20).map((_, i) => i * 31 % 251));
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(whole.subarray(0, 1000));
    },
    cancel() {
      cancelled = true;
    },
  });
  const reader = decodeStream(source, ["gzip"]).getReader();
  await reader.read();
  await reader.cancel();
  assert.equal(cancelled, true);
});
