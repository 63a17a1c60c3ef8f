import { describe, expect, it } from "vitest";
import { decodeMe } from "../src/index.ts";
import { golden } from "./golden.ts";

describe("decodeMe", () => {
  it("reads the answer both test suites agree on, whole", () => {
    const body: unknown = JSON.parse(golden("me"));
    expect(decodeMe(body)).toEqual(body);
  });

  it("reads what a token that never ends allows", () => {
    const body = { user: null, creators: [], scopes: ["admin"], key: null, expires: null };
    expect(decodeMe(body)).toEqual(body);
  });

  it("names the member that is not as promised", () => {
    const body = { ...JSON.parse(golden("me")), key: { id: "k" } };
    expect(() => decodeMe(body)).toThrow("me.key.name must be text");
  });
});
