package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Why a request was definitely not done here. Ordinary outcomes of a healthy fleet, answered by
/// trying elsewhere or later.
public sealed interface Refusal {
  /// Another replica leads. `leader` null: unknown at the moment (an election is under way).
  record NotLeader(RangeDescriptor descriptor, @Nullable StoreId leader) implements Refusal {}

  /// The range does not cover the request's keys any more; `current` are the descriptors that this
  /// store knows for that part of the key space.
  record StaleRange(List<RangeDescriptor> current) implements Refusal {}

  /// No replica of that range is on this store.
  record NoReplica(RangeId range) implements Refusal {}

  /// A limit was reached. `limit` names it.
  record Busy(String limit, long retryAfterMillis) implements Refusal {}

  /// The disk of `store` is nearly full, and the request adds data, or any write is too much.
  ///
  /// @param freeBytes on it, -1: not known here
  /// @param limitBytes that must be free for data to be taken again, -1: not known here
  /// @param retryAfterMillis when another store may lead the range; 0: it does not help to wait
  record DiskFull(StoreId store, long freeBytes, long limitBytes, long retryAfterMillis)
      implements Refusal {}

  /// The request's deadline had passed when its turn came.
  record TooLate() implements Refusal {}

  /// The store does not serve at all: it is stopping, or its disk failed.
  record Unavailable(String reason) implements Refusal {}
}
