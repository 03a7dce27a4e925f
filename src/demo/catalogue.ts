/**
 * The goods of the demo shop: 1,000 items on 50 pages, the same on each start. Answers that never change are encoded
 * once, plain and gzipped, so that serving one costs no more than looking it up.
 */
import { gzipSync } from "node:zlib";
import { createRandom } from "../base/random.ts";

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
}

/** A body in both encodings that a client may ask for. */
export interface EncodedBody {
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly gzip: Uint8Array<ArrayBuffer>;
}

export const ITEM_COUNT = 1000;
const PAGE_SIZE = 20;
export const PAGE_COUNT = ITEM_COUNT / PAGE_SIZE;

const MATERIALS = ["oak", "steel", "linen", "paper", "copper", "glass", "wool", "clay"];
const THINGS = ["table", "lamp", "bowl", "shelf", "chair", "clock", "basket", "mirror", "vase", "blanket"];

/** Any seed would do; it never changes, so that item 7 is the same thing in everybody's terminal. */
const CATALOGUE_SEED = 7;

export interface Catalogue {
  item(id: number): Item | undefined;
  /** Items whose name contains `text`, in the order of their ids. */
  search(text: string): readonly Item[];
  /** Page 1 to `PAGE_COUNT`, ready to send. */
  page(number: number): EncodedBody | undefined;
}

export function createCatalogue(): Catalogue {
  const items = createItems();
  const pages: EncodedBody[] = [];
  for (let page = 1; page <= PAGE_COUNT; page++) {
    pages.push(encodeBody(JSON.stringify({
      page,
      pages: PAGE_COUNT,
      items: items.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE),
    })));
  }
  return {
    item: (id) => items[id - 1],
    search: (text) => items.filter((item) => item.name.includes(text.toLowerCase())),
    page: (number) => pages[number - 1],
  };
}

/** Encodes a text once for all the answers that it will be. */
export function encodeBody(text: string): EncodedBody {
  const plain = new TextEncoder().encode(text);
  return { plain, gzip: new Uint8Array(gzipSync(plain)) };
}

function createItems(): readonly Item[] {
  const random = createRandom(CATALOGUE_SEED);
  return Array.from({ length: ITEM_COUNT }, (_, index) => ({
    id: index + 1,
    name: `${random.choice(MATERIALS)} ${random.choice(THINGS)}`,
    priceCents: random.integer(500, 50_000),
  }));
}
