import { useEffect } from "react";

/** In place of a page whose part does not load: the server was upgraded since, or begins anew. */
export function Unopened() {
  useEffect(() => {
    document.title = "Not loaded · Streakline";
  }, []);
  return (
    <div className="lost" role="alert">
      <h1>This page could not be loaded</h1>
      <p className="lost-way">
        The server does not answer, or was upgraded since you came.{" "}
        <button type="button" className="quiet" onClick={() => window.location.reload()}>
          Try again
        </button>
      </p>
    </div>
  );
}
