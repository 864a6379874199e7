// A server that has and takes no images.
import { imageUnder, ImageRefused, type ImageStore } from "../src/image_store";

/** Where the images of the tests' document would be. */
export const IMAGES = "/documents/doc/images";

export const NO_IMAGES: ImageStore = {
  address: (image) => `${IMAGES}/${image}`,
  imageAt: (address) => imageUnder(IMAGES, address, "https://example.org"),
  fileAt: () => Promise.resolve(null),
  upload: () => Promise.reject(new ImageRefused("image_offline")),
};
