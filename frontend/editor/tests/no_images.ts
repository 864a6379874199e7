// A server that has and takes no images, and the script for other programs' formats, fetched already.
import * as foreign from "../src/foreign";
import { ForeignScript } from "../src/foreign_script";
import { imageUnder, ImageRefused, type ImageStore } from "../src/image_store";

/** Where the images of the tests' document would be. */
export const IMAGES = "/documents/doc/images";

export const NO_IMAGES: ImageStore = {
  address: (image) => `${IMAGES}/${image}`,
  imageAt: (address) => imageUnder(IMAGES, address, "https://example.org"),
  fileAt: () => Promise.resolve(null),
  upload: () => Promise.reject(new ImageRefused("image_offline")),
};

export const FOREIGN = new ForeignScript(() => Promise.resolve(foreign));
FOREIGN.here = foreign;
