import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defaultClientConditions, defaultServerConditions, defineConfig, type Plugin } from "vite";

// the live client is read from its source: one install, one build, no order between them
export default defineConfig({
  base: "./", // the page may lie behind any path; see src/server.ts
  plugins: [react(), gzipped()],
  resolve: { conditions: ["source", ...defaultClientConditions] },
  ssr: { resolve: { conditions: ["source", ...defaultServerConditions] } },
  // the newest syntax every evergreen browser of the last two years reads
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false, reportCompressedSize: false },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});

/** Write each text file once more, compressed: the server sends that to browsers that take gzip. */
function gzipped(): Plugin {
  return {
    name: "gzipped",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(?:css|html|js|svg)$/u.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}
