import { describe, expect, it } from "vitest";
import { addressOf, prefixOf, socketAddress } from "../src/server.ts";

describe("the server's address", () => {
  it.each([
    ["http://h:8080/", "http://h:8080/api/live/definitions", ""],
    ["http://h:8080/live", "http://h:8080/api/live/definitions", ""],
    ["http://h:8080/?tz=UTC#token=x", "http://h:8080/api/live/definitions", ""],
    ["https://h/streakline/", "https://h/streakline/api/live/definitions", "/streakline"],
    ["https://h/a/b/", "https://h/a/b/api/live/definitions", "/a/b"],
  ])("is beside the page, seen from %s", (base, address, prefix) => {
    expect(addressOf("api/live/definitions", base)).toBe(address);
    expect(prefixOf(base)).toBe(prefix);
  });

  it.each([
    ["http://h:8080/", "ws://h:8080/api/live"],
    ["https://h/streakline/?tz=UTC", "wss://h/streakline/api/live"],
  ])("of the socket, seen from %s, is encrypted where the page is", (base, address) => {
    expect(socketAddress(base)).toBe(address);
  });
});
