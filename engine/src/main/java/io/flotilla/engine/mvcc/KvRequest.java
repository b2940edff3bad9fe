package io.flotilla.engine.mvcc;

import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.Timestamp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What can be asked of one range of the ordered map.
///
/// Reads name a timestamp; [Timestamp#MAX] stands for "the newest, linearizable".
public sealed interface KvRequest {
  Target target();

  /// Whom a request is meant for.
  ///
  /// @param generation of the descriptor that the client believed in
  record Target(RangeId range, long generation) {}

  /// One put, or one delete where `value` is null.
  record Mutation(Key key, byte @Nullable [] value) {}

  /// Requests that change nothing: may be sent again whatever became of them.
  sealed interface Read extends KvRequest {
    Timestamp at();
  }

  /// Requests that change something.
  sealed interface Write extends KvRequest {}

  record Get(Target target, Key key, Timestamp at) implements Read {}

  /// A get of the newest value that is proved by a quorum and never by a lease.
  ///
  /// @param anyReplica true: a follower may answer it, which asks its leader for the proof
  record IndexGet(Target target, Key key, boolean anyReplica) implements KvRequest {}

  record MultiGet(Target target, List<Key> keys, Timestamp at) implements Read {}

  /// @param limit the most entries, at least 1
  /// @param bytes about the most bytes of keys and values, at least 1; one entry may exceed it
  record Scan(Target target, KeySpan span, int limit, int bytes, boolean reverse, Timestamp at)
      implements Read {}

  record Put(Target target, Key key, byte[] value) implements Write {}

  record Delete(Target target, Key key) implements Write {}

  /// Null stands for "no value", on both sides.
  record CompareAndSet(Target target, Key key, byte @Nullable [] expected, byte @Nullable [] update)
      implements Write {}

  /// All or nothing; a later mutation of a key wins.
  record Batch(Target target, List<Mutation> mutations) implements Write {}
}
