package io.flotilla.engine.mvcc;

import io.flotilla.engine.KeyValue;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The one answer to a [KvRequest].
public sealed interface KvReply {
  /// Of a get; null: no value.
  record Value(byte @Nullable [] value) implements KvReply {}

  /// Of a multi-get, in the order of its keys: of all of them, or of the first ones if more would
  /// be too many bytes for one reply.
  record Values(List<byte @Nullable []> values) implements KvReply {}

  /// Of a scan.
  ///
  /// @param resume where the walk stopped: forward the first key not looked at, in reverse the last
  ///   key looked at; null: the whole span was walked
  record Page(List<KeyValue> entries, @Nullable Key resume) implements KvReply {}

  /// A put, delete or batch is done, as versions at this timestamp.
  record Done(Timestamp at) implements KvReply {}

  /// A compare-and-set is done (true), or the value was another (false).
  record Swapped(boolean swapped) implements KvReply {}

  /// Definitely not done here; elsewhere or later it may be.
  record Refused(Refusal refusal) implements KvReply {}

  /// The versions at the asked timestamp may be collected; `threshold` is the lowest that can be
  /// read.
  record TooOld(Timestamp threshold) implements KvReply {}

  /// Definitely not done: the batch's keys lie in several ranges. `current` as in a stale range.
  record MultiRange(List<RangeDescriptor> current) implements KvReply {}

  /// Definitely not done, and asking again does not help.
  record Rejected(String reason) implements KvReply {}

  /// It may or may not be done, or become done.
  record Unknown(String reason) implements KvReply {}
}
