export {
  type ContentAnalytics,
  type DayOfContent,
  type DropOffPoint,
  decodeContentAnalytics,
  type HourOfContent,
} from "./analytics.ts";
export { CLOSE, type CloseReason, mayReconnect } from "./codes.ts";
export {
  type ArtistStats,
  type CreatorDays,
  decodeArtistStats,
  decodeCreatorDays,
  RATES,
  type Rate,
  type RecentEvent,
} from "./creators.ts";
export {
  decodeFound,
  decodeQuery,
  decodeShareStats,
  type FoundContent,
  type QueryAnswer,
  type QueryRow,
  type ShareStats,
} from "./history.ts";
export { decodeYearLink, decodeYearLinks, type YearLink } from "./links.ts";
export { type Connection, LiveClient, type LiveEvents, type LiveOptions, type TopicState } from "./live.ts";
export { decodeMe, type Me } from "./me.ts";
export {
  decodeMilestones,
  decodePersonRecord,
  decodeStreak,
  decodeViewingTime,
  type Milestones,
  PERIODS,
  type Period,
  type PersonRecord,
  type Streak,
  type ViewingTime,
} from "./people.ts";
export { record } from "./reading.ts";
export {
  type DeadLetter,
  type DeadLetters,
  type Disk,
  decodeDeadLetters,
  decodeReplayed,
  decodeSystem,
  type JobRuns,
  type Attempt,
  type Replayed,
  type System,
} from "./system.ts";
  decodeAttempts,
export { type Transport, type TransportEvents, type TransportFactory, websocket } from "./transport.ts";
export {
  applied,
  decodeWebhooks,
  type Changes,
  type ClientMessage,
  type Content,
  type Webhook,
  type Counters,
  type Creator,
  type Cursor,
  type DataOf,
  decode,
  decodeDefinitions,
  encode,
  type Failure,
  type Members,
  type MinuteOfPlays,
  type Overview,
  type PlayingItem,
  type ServerMessage,
  type TopItem,
  type TopPlays,
  WireError,
} from "./wire.ts";
export {
  decodePersonYears,
  decodeYearInReview,
  type PersonYears,
  type Ranking,
  type YearInReview,
} from "./years.ts";
