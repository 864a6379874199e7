// The way of images to the server and back: an address for each, and an upload that says how far it is.
// It knows nothing of documents; why an image was not taken is a code of its own.

/** What the server says of an image it has taken. */
export interface StoredImage {
  image: string;
  width_px: number;
  height_px: number;
}

/** Why an image was not taken; each is worded in both languages (app/src/words/document.rs). */
export type ImageRefusal =
  | "image_too_large"
  | "image_too_many_pixels"
  | "image_not_one"
  | "image_damaged"
  | "images_full"
  | "image_no_right"
  | "image_offline"
  | "image_failed";

export class ImageRefused extends Error {
  constructor(readonly code: ImageRefusal) {
    super(code);
  }
}

export interface ImageStore {
  /** Where an image of this document is shown from. */
  address(image: string): string;
  /** The image an address stands for, when it is one of this document. */
  imageAt(address: string): string | null;
  /** The file behind an address in pasted HTML; null when there is none we may read. */
  fileAt(address: string): Promise<Blob | null>;
  /** Rejects with ImageRefused, or with an AbortError when `signal` ended it. */
  upload(file: Blob, progress: (share: number) => void, signal: AbortSignal): Promise<StoredImage>;
}

/** As `IMAGE_FILE_BYTES_MAX` in model/src/limits.rs. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** The server takes two minutes for a file and some seconds to make it anew. */
const TIMEOUT_MS = 180_000;

const REFUSALS: Readonly<Record<string, ImageRefusal>> = {
  image_too_large: "image_too_large",
  image_too_many_pixels: "image_too_many_pixels",
  not_an_image: "image_not_one",
  image_damaged: "image_damaged",
  images_full: "images_full",
  read_only: "image_no_right",
  not_found: "image_no_right",
  signed_out: "image_no_right",
};

/** The whole address of an image, as another program needs it. */
export function addressOfImage(images: Pick<ImageStore, "address">, image: string): string {
  return `${globalThis.location?.origin ?? ""}${images.address(image)}`;
}

/** Images under `base` on the server the page came from. */
export function serverImages(base: string): ImageStore {
  return {
    address: (image) => `${base}/${image}`,
    imageAt: (address) => imageUnder(base, address),
    fileAt,
    upload: (file, progress, signal) => upload(base, file, progress, signal),
  };
}

/** The name behind `base` in an address of this server. */
export function imageUnder(base: string, address: string, origin = location.origin): string | null {
  const path = address.startsWith(`${origin}/`) ? address.slice(origin.length) : address;
  const name = path.startsWith(`${base}/`) ? path.slice(base.length + 1) : "";
  return /^[1-9A-HJ-NP-Za-km-z]{32,44}$/.test(name) ? name : null;
}

/** The path of an image of any document on this server; null for what is elsewhere. */
function imagePath(address: string): string | null {
  const origin = globalThis.location?.origin ?? "";
  const path = origin !== "" && address.startsWith(`${origin}/`) ? address.slice(origin.length) : address;
  return /^\/documents\/\w+\/images\/\w+$/.test(path) ? path : null;
}

/** Whether the bytes behind an address can be got: they are in it, or on this server. */
export function isReachable(address: string): boolean {
  return address.startsWith("data:") || imagePath(address) !== null;
}

async function fileAt(address: string): Promise<Blob | null> {
  if (address.startsWith("data:")) return dataFile(address);
  // An image of another document: this one gets a copy of its own, if the person may read that one.
  const path = imagePath(address);
  if (path === null) return null;
  try {
    const answer = await fetch(path);
    return answer.ok ? await answer.blob() : null;
  } catch {
    return null;
  }
}

/** The bytes in a `data:` address; the page's policy lets nothing fetch them. */
export function dataFile(address: string): Blob | null {
  const found = /^data:(image\/[\w.+-]+)?(?:;[\w=-]+)*;base64,/i.exec(address.slice(0, 100));
  if (found === null || address.length > MAX_FILE_BYTES * 1.4) return null;
  try {
    const bytes = Uint8Array.from(atob(address.slice(found[0].length).replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
    return new Blob([bytes], { type: found[1] ?? "" });
  } catch {
    return null;
  }
}

function upload(base: string, file: Blob, progress: (share: number) => void, signal: AbortSignal): Promise<StoredImage> {
  if (file.size > MAX_FILE_BYTES) return Promise.reject(new ImageRefused("image_too_large"));
  if (navigator.onLine === false) return Promise.reject(new ImageRefused("image_offline"));
  return new Promise((taken, refused) => {
    // fetch says nothing of how much has been sent.
    const request = new XMLHttpRequest();
    request.open("POST", base);
    request.timeout = TIMEOUT_MS;
    request.responseType = "json";
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => (request.status === 201 ? taken(request.response as StoredImage) : refused(new ImageRefused(codeOf(request))));
    request.onerror = request.ontimeout = () => refused(new ImageRefused("image_offline"));
    request.onabort = () => refused(new DOMException("", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

function codeOf(request: XMLHttpRequest): ImageRefusal {
  const answer = request.response as { code?: string } | null;
  // A proxy in front of the server has a bound of its own and no code.
  return REFUSALS[answer?.code ?? ""] ?? (request.status === 413 ? "image_too_large" : "image_failed");
}
