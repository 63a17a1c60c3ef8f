import { Link } from "wouter";

export function NotFound() {
  return (
    <div className="lost">
      <h1>There is no page here</h1>
      <p className="lost-way">
        The address may be from a newer version, or mistyped. <Link href="/">Go to Live</Link>
      </p>
    </div>
  );
}
