package io.flotilla.engine.route;

import io.flotilla.engine.DiskFullException;
import io.flotilla.engine.EngineException;
import io.flotilla.engine.MultiRangeBatchException;
import io.flotilla.engine.RejectedException;
import io.flotilla.engine.SnapshotTooOldException;
import io.flotilla.engine.mvcc.KvReply;
import io.flotilla.engine.mvcc.KvReply.Done;
import io.flotilla.engine.mvcc.KvReply.MultiRange;
import io.flotilla.engine.mvcc.KvReply.Page;
import io.flotilla.engine.mvcc.KvReply.Rejected;
import io.flotilla.engine.mvcc.KvReply.Swapped;
import io.flotilla.engine.mvcc.KvReply.TooOld;
import io.flotilla.engine.mvcc.KvReply.Value;
import io.flotilla.engine.mvcc.KvReply.Values;
import io.flotilla.engine.mvcc.KvRequest.Target;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.replica.Refusal.DiskFull;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What replies mean to whoever asked: a result, or an [EngineException].
final class Replies {
  private Replies() {}

  static Target target(Route route) {
    RangeDescriptor descriptor = route.descriptor();
    return new Target(descriptor.id(), descriptor.generation());
  }

  static Optional<byte[]> value(KvReply reply) {
    if (reply instanceof Value(var value)) {
      return Optional.ofNullable(value);
    }
    throw failure(reply);
  }

  static List<byte @Nullable []> values(KvReply reply) {
    if (reply instanceof Values(var values)) {
      return values;
    }
    throw failure(reply);
  }

  static void requireSome(int asked, int given) {
    if (given < 1 || given > asked) {
      throw new RejectedException(
          "the store gave " + given + " values for " + asked + " keys; is it of another release?");
    }
  }

  static Page page(KvReply reply) {
    if (reply instanceof Page page) {
      return page;
    }
    throw failure(reply);
  }

  static Void done(KvReply reply) {
    if (reply instanceof Done) {
      return nothing();
    }
    throw failure(reply);
  }

  /// The one value of a future that has none.
  @SuppressWarnings("NullAway")
  static Void nothing() {
    return null;
  }

  static boolean swapped(KvReply reply) {
    if (reply instanceof Swapped(var swapped)) {
      return swapped;
    }
    throw failure(reply);
  }

  /// @param where the range, for people
  static DiskFullException diskFull(DiskFull full, String where) {
    String state =
        full.freeBytes() < 0
            ? "is nearly full, as are those of so many others that too few could take the write"
            : "has "
                + mebibytes(full.freeBytes())
                + " MiB free and takes data again from "
                + mebibytes(full.limitBytes())
                + " MiB on";
    return new DiskFullException(
        "not written to "
            + where
            + ": the disk of store "
            + full.store()
            + " "
            + state
            + "; free some room on it, delete data, or add a store",
        full.store(),
        full.freeBytes(),
        full.limitBytes());
  }

  private static long mebibytes(long bytes) {
    return bytes >> 20;
  }

  static EngineException failure(KvReply reply) {
    return switch (reply) {
      case TooOld(var threshold) ->
          new SnapshotTooOldException(
              "the snapshot's versions may be collected already, the oldest that can be read is "
                  + threshold
                  + "; take a new snapshot. One that is in use beyond the retention time must"
                  + " be held, and even then it is not kept for ever");
      case MultiRange(var current) ->
          new MultiRangeBatchException(
              "the batch's keys lie in several ranges ("
                  + current.stream().map(range -> range.id() + " " + range.span()).toList()
                  + "), and transactions over several ranges are not there yet; write each range's"
                  + " keys in a batch of their own");
      case Rejected(var reason) -> new RejectedException(reason);
      case Value _, Values _, Page _, Done _, Swapped _, KvReply.Refused _, KvReply.Unknown _ ->
          new RejectedException("the store gave an answer to another question: " + reply);
    };
  }
}
