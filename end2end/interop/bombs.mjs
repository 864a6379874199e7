// Bombs, byte by byte: what no client of ours or anybody's would send, in frames the wire reads.
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import * as Automerge from "@automerge/automerge";

const CHANGE = 1;
const DEFLATED = 2;

/** A number as Automerge writes it. */
export function unsigned(value) {
  const bytes = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

/** A positive number as a signed one: the sign bit must stay clear. */
function positive(value) {
  const bytes = [...unsigned(value)];
  if (bytes.at(-1) & 0x40) bytes.push(bytes.pop() | 0x80, 0);
  return Buffer.from(bytes);
}

/** "This value, so many times." */
const run = (times, ...value) => Buffer.concat([positive(times), Buffer.from(value)]);

/** A chunk with a checksum that fits. */
function chunk(kind, body, hashed = body) {
  const hash = createHash("sha256").update(Buffer.from([CHANGE]));
  hash.update(unsigned(hashed.length)).update(hashed);
  const checksum = hash.digest().subarray(0, 4);
  const head = [Buffer.from([0x85, 0x6f, 0x4a, 0x83]), checksum, Buffer.from([kind])];
  return Buffer.concat([...head, unsigned(body.length), body]);
}

/** A change by nobody, on top of nothing, with these columns. */
function change(columns) {
  const actor = Buffer.concat([unsigned(16), Buffer.alloc(16, 5)]);
  const sizes = columns.flatMap(([spec, bytes]) => [unsigned(spec), unsigned(bytes.length)]);
  const parts = columns.map(([, bytes]) => bytes);
  // No dependencies; the first change, at the first counter; no time, message or other actors.
  const prelude = [unsigned(0), actor, Buffer.from([1, 1, 0, 0, 0])];
  return Buffer.concat([...prelude, unsigned(columns.length), ...sizes, ...parts]);
}

/** A sync message that says nothing but what it brings. */
export function bringing(...chunks) {
  const changes = chunks.flatMap((chunk) => [unsigned(chunk.length), chunk]);
  const nothing = Buffer.from([0x42, 0, 0, 0]);
  return Buffer.concat([nothing, unsigned(chunks.length), ...changes]);
}

/** 64 MiB of zeros. */
export function deflated() {
  return bringing(chunk(DEFLATED, deflateRawSync(Buffer.alloc(64 * 1024 * 1024)), Buffer.alloc(0)));
}

/** A few hundred bytes that say "put null" four million times. */
export function repeated() {
  const times = 4_000_000;
  const columns = [
    [0x15, run(times, 1, 0x6b)],
    [0x34, unsigned(times)],
    [0x42, run(times, 1)],
    [0x56, run(times, 0)],
    [0x70, run(times, 0)],
  ];
  return bringing(chunk(CHANGE, change(columns)));
}

/** Each a fair change that grows a thousandfold, too many of them together. */
export function manySmall() {
  const columns = [
    [0x15, run(31, 1, 0x6b)],
    [0x34, unsigned(31)],
    [0x42, run(31, 1)],
    [0x56, run(31, ...unsigned((65_536 << 4) | 7))],
    [0x57, Buffer.alloc(31 * 65_536)],
    [0x70, run(31, 0)],
  ];
  const body = change(columns);
  const one = chunk(DEFLATED, deflateRawSync(body), body);
  return bringing(...Array.from({ length: 100 }, () => one));
}

/** What stock Automerge itself makes of a text of one letter: as a change, and as a document. */
export function ofOneLetter(letters) {
  const actor = "05".repeat(16);
  const text = "a".repeat(letters);
  const doc = Automerge.change(Automerge.init({ actor }), { time: 0 }, (root) => {
    root.text = text;
  });
  return {
    change: bringing(deflatedChange(Automerge.getLastLocalChange(doc))),
    document: bringing(Automerge.save(doc)),
  };
}

/** A change chunk as Automerge stores long ones: deflated, under the checksum of what it was. */
function deflatedChange(whole) {
  let at = 9;
  while (whole[at] & 0x80) at += 1;
  const body = deflateRawSync(whole.subarray(at + 1));
  return Buffer.concat([whole.subarray(0, 8), Buffer.from([DEFLATED]), unsigned(body.length), body]);
}

/** A change of stock Automerge that puts maps into one another, in a marker of a text. */
export function mapsInMaps(document, path, depth) {
  const actor = "07".repeat(16);
  const mine = Automerge.clone(document, { actor });
  let nested = {};
  for (let n = 1; n < depth; n += 1) nested = { k: nested };
  const changed = Automerge.change(mine, { time: 0 }, (root) => {
    Automerge.splitBlock(root, path, 0, { type: "nested", parents: [], attrs: { nested } });
  });
  return bringing(Automerge.getLastLocalChange(changed));
}

/** A sync message that names and needs many hashes, in order. */
export function hashes({ heads = 0, need = 0 }) {
  const list = (count) => {
    const all = Buffer.alloc(32 * count);
    for (let n = 0; n < count; n += 1) all.writeUInt32BE(n + 1, 32 * n);
    return Buffer.concat([unsigned(count), all]);
  };
  return Buffer.concat([Buffer.from([0x42]), list(heads), list(need), Buffer.from([0, 0])]);
}

/** A sync message that says there are more heads than there are bytes in the world. */
export function endlessHeads() {
  return Buffer.concat([Buffer.from([0x42]), unsigned(2n ** 60n)]);
}

/** CBOR: arrays in arrays. */
export function arraysInArrays(depth) {
  return Buffer.concat([Buffer.from([0xa1, 0x61, 0x78]), Buffer.alloc(depth, 0x81), Buffer.from([0])]);
}

/** CBOR: a map that says it has 2^64 entries. */
export function endlessMap() {
  return Buffer.from([0xa1, 0x61, 0x78, 0xbb, ...Buffer.alloc(8, 0xff)]);
}
