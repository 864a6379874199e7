// An SVG file is imported as its text (build.mjs).
declare module "*.svg" {
  const text: string;
  export default text;
}
