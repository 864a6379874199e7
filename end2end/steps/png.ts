// Pictures made here, byte by byte: no test depends on a file that somebody once drew.
import { crc32, deflateSync } from "node:zlib";

/** A PNG of a warm and a cool half, so that it is seen which way up it is. */
export function png(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const isDot = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2;
      rows.set(isDot ? [250, 250, 250] : y < height / 2 ? [225, 120, 70] : [60, 110, 190], at);
    }
  }
  return file(width, height, deflateSync(rows));
}

/** A PNG that says it has a hundred megapixels and brings none of them. */
export function bomb(): Buffer {
  return file(10_000, 10_000, Buffer.from([0x78, 0x9c]));
}

function file(width: number, height: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), part("IHDR", header), part("IDAT", data), part("IEND", Buffer.alloc(0))]);
}

function part(name: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(name, "latin1"), data]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(data.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
