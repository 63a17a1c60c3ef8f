import react from "@vitejs/plugin-react";
import { defaultClientConditions, defaultServerConditions, defineConfig } from "vite";

// the live client is read from its source: one install, one build, no order between them
export default defineConfig({
  base: "/",
  plugins: [react()],
  resolve: { conditions: ["source", ...defaultClientConditions] },
  ssr: { resolve: { conditions: ["source", ...defaultServerConditions] } },
  // the newest syntax every evergreen browser of the last two years reads
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false, reportCompressedSize: false },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true } } },
});
