import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source", "node", "import", "default"] } },
  test: { include: ["tests/**/*.test.ts"], server: { deps: { inline: [/@streakline/u] } } },
});
