/** The base that the page was opened with: without a `base` element it would follow each route that is gone to. */
const OPENED = typeof document === "undefined" ? "http://localhost/" : document.baseURI;

/**
 * Where the server is: in the folder that the page came from, whatever path a proxy put before it. The server names that
 * folder in a `base` element where the page's own address lies deeper.
 */
export function rootOf(base: string = OPENED): URL {
  return new URL(".", base);
}

/** The path before every route of the page, without a slash at its end: what the router calls base. */
export function prefixOf(base?: string): string {
  return rootOf(base).pathname.replace(/\/$/u, "");
}

/** The address of something the server has, by its path from the root without a slash before it. */
export function addressOf(path: string, base?: string): string {
  return new URL(path, rootOf(base)).href;
}

/** The address of the live socket. */
export function socketAddress(base?: string): string {
  return addressOf("api/live", base).replace(/^http/u, "ws");
}
