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
  decodeSettled,
  decodeShareStats,
  type FoundContent,
  type QueryAnswer,
  type QueryRow,
  type Settled,
  type ShareStats,
} from "./history.ts";
export { decodeYearLink, decodeYearLinks, type YearLink } from "./links.ts";
export { type Connection, LiveClient, type LiveEvents, type LiveOptions, type TopicState } from "./live.ts";
export { decodeMe, type Me } from "./me.ts";
export {
  decodeMilestones,
  decodePerson,
  decodePersonRecord,
  decodeStated,
  decodeStreak,
  decodeViewingTime,
  type Milestones,
  MODES,
  type Mode,
  PERIODS,
  type Period,
  type Person,
  type PersonRecord,
  type Streak,
  type ViewingTime,
} from "./people.ts";
export {
  decodeAuthorization,
  decodePlatformConnections,
  decodeSynced,
  type PlatformConnection,
  type PlatformConnections,
  type SyncedAccount,
} from "./platforms/connections.ts";
export {
  type Beside,
  type ComparedPlatform,
  type ComparedPlatforms,
  decodeComparedPlatforms,
  decodeOnePlatform,
  decodePlatformsDashboard,
  type Measured,
  type MeasuredDay,
  type MeasuredPost,
  type Measurement,
  type OnePlatform,
  PLATFORMS,
  type Platform,
  type PlatformsDashboard,
  type ToldNumber,
} from "./platforms/numbers.ts";
export { record } from "./reading.ts";
export {
  type Attempt,
  type DeadLetter,
  type DeadLetters,
  type Disk,
  decodeAttempts,
  decodeDeadLetters,
  decodeReplayed,
  decodeSystem,
  decodeWebhooks,
  type JobRuns,
  type Replayed,
  type System,
  type Webhook,
} from "./system.ts";
export { type Transport, type TransportEvents, type TransportFactory, websocket } from "./transport.ts";
export {
  applied,
  type Changes,
  type ClientMessage,
  type Content,
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
