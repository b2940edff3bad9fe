package io.flotilla.engine.mvcc;

import io.flotilla.engine.mvcc.KvReply.Rejected;
import io.flotilla.engine.mvcc.KvReply.Value;
import io.flotilla.engine.mvcc.KvReply.Values;
import io.flotilla.engine.mvcc.KvRequest.Get;
import io.flotilla.engine.mvcc.KvRequest.MultiGet;
import io.flotilla.engine.mvcc.KvRequest.Read;
import io.flotilla.engine.mvcc.KvRequest.Scan;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.StorageException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a range's leader reads: the newest values, linearizable, or a snapshot at a timestamp (see
/// [Leadership] for why that is complete).
///
/// The newest values are those applied: a write is acknowledged only after that, so nothing that
/// was acknowledged before the read came is missing. By lease that is answered at once, from memory
/// if it is there; what needs the disk goes to the read pool and is confirmed when it comes back.
final class ReadPath {
  private final Leadership leadership;
  private final VersionReader reader;
  private final NewestReader newest;

  ReadPath(Leadership leadership, VersionReader reader) {
    this.leadership = leadership;
    this.reader = reader;
    this.newest = new NewestReader(leadership, reader);
  }

  void serve(KvCall call, Read read) {
    if (refusedBySpan(call, read)) {
      return;
    }
    if (read instanceof MultiGet get && get.keys().isEmpty()) {
      call.reply(new Values(List.of()));
    } else if (!isNewest(read)) {
      serveSnapshot(call, read);
    } else if (leadership.access.leaseHolds()) {
      readNow(call, read, false);
    } else {
      afterBarrier(call, read, () -> readNow(call, read, true));
    }
  }

  /// The newest value, proved by a quorum whether or not there is a lease.
  void serveByBarrier(KvCall call, Get get) {
    if (!refusedBySpan(call, get)) {
      afterBarrier(call, get, () -> readNow(call, get, true));
    }
  }

  private static boolean isNewest(Read read) {
    return read.at().value() == Timestamp.MAX.value();
  }

  private void serveSnapshot(KvCall call, Read read) {
    long began = leadership.number();
    if (!leadership.threshold.isKnown()) {
      leadership.threshold.whenKnown(() -> again(call, read, began), call::refuse);
    } else if (refusedByThreshold(call, read)) {
      return;
    } else if (read.at().compareTo(leadership.environment.timestamps().newest()) > 0) {
      learnNow(call, read, began);
    } else if (leadership.access.leaseHolds()) {
      fix(call, read, false);
    } else {
      afterBarrier(call, read, () -> fix(call, read, true));
    }
  }

  private void again(KvCall call, Read read, long began) {
    if (!leadership.isStill(began)) {
      call.refuse(leadership.notLeader());
    } else if (!refusedBySpan(call, read)) {
      serveSnapshot(call, read);
    }
  }

  /// The timestamp is newer than all that we know of: one more tells if it is from the future.
  private void learnNow(KvCall call, Read read, long began) {
    leadership.waitBegins();
    leadership
        .environment
        .timestamps()
        .draw(
            new TimestampBatcher.Waiter() {
              @Override
              public void onTimestamp(long now) {
                leadership.waitEnds();
                if (read.at().value() > now) {
                  call.reply(new Rejected("snapshot " + read.at() + " lies in the future"));
                } else {
                  again(call, read, began);
                }
              }

              @Override
              public void onNoTimestamp(Refusal refusal) {
                leadership.waitEnds();
                call.refuse(refusal);
              }
            });
  }

  /// From here on no write can come in at or below the read's timestamp.
  private void fix(KvCall call, Read read, boolean proved) {
    leadership.raiseHighWater(read.at().value());
    PendingWrite blocker = blocker(read);
    if (blocker == null) {
      readNow(call, read, proved);
      return;
    }
    long began = leadership.number();
    blocker.await(
        new PendingWrite.Waiter() {
          @Override
          public void onApplied() {
            if (leadership.isStill(began)) {
              readNow(call, read, proved);
            } else {
              call.refuse(leadership.notLeader());
            }
          }

          @Override
          public void onLost(Refusal refusal) {
            call.refuse(refusal);
          }
        });
  }

  private @Nullable PendingWrite blocker(Read read) {
    if (leadership.overlay.isEmpty()) {
      return null;
    }
    long at = read.at().value();
    return switch (read) {
      case Get(_, var key, _) -> leadership.overlay.latest(key, at);
      case MultiGet(_, var keys, _) -> leadership.overlay.latest(keys, at);
      case Scan scan -> leadership.overlay.latest(scan.span(), at);
    };
  }

  private void afterBarrier(KvCall call, Read read, Runnable then) {
    long began = leadership.number();
    leadership.readBarrier(
        () -> {
          if (!leadership.isStill(began)) {
            call.refuse(leadership.notLeader());
          } else if (!refusedBySpan(call, read)) {
            then.run();
          }
        },
        call::refuse);
  }

  /// Reads from memory if that will do, else on the pool.
  ///
  /// @param proved a barrier has shown after the call came that this is the leader
  private void readNow(KvCall call, Read read, boolean proved) {
    KvReply found;
    try {
      found = readInMemory(read);
    } catch (StorageException e) {
      call.refuse(unreadable(e));
      return;
    }
    if (found != null) {
      finish(call, read, found, leadership.number(), proved);
      return;
    }
    long began = leadership.number();
    boolean submitted =
        leadership.readOnPool(
            () -> readFromDisk(call, read),
            reply -> finish(call, read, reply, began, proved),
            failure -> call.refuse(unreadable(failure)));
    if (!submitted) {
      call.refuse(new Refusal.Busy("reads from disk", 10));
    }
  }

  private @Nullable KvReply readInMemory(Read read) {
    return switch (read) {
      case Get(_, var key, _) when isNewest(read) -> {
        HotKeys.Known known = newest.inMemory(key);
        yield known == null ? null : new Value(known.value());
      }
      case Get(_, var key, var at) -> {
        Version version = reader.newest(key, at, true);
        yield version == null ? null : new Value(version.value());
      }
      case MultiGet(_, var keys, var at) -> {
        boolean few = keys.size() <= leadership.environment.options().inlineKeysMax();
        List<byte @Nullable []> values = few ? reader.newest(keys, at, bytesMax(), true) : null;
        yield values == null ? null : new Values(values);
      }
      case Scan _ -> null;
    };
  }

  /// On a thread of the pool. The queue before it is where a request grows old.
  private KvReply readFromDisk(KvCall call, Read read) {
    if (call.isLate()) {
      return new KvReply.Refused(new Refusal.TooLate());
    }
    return switch (read) {
      case Get(_, var key, var at) -> {
        Version version = reader.newest(key, at, false);
        yield new Value(version == null ? null : version.value());
      }
      case MultiGet(_, var keys, var at) -> {
        List<byte @Nullable []> values = reader.newest(keys, at, bytesMax(), false);
        yield new Values(values == null ? List.of() : values);
      }
      case Scan scan -> reader.page(bounded(scan));
    };
  }

  private int bytesMax() {
    return leadership.environment.options().pageBytesMax();
  }

  private Scan bounded(Scan scan) {
    int bytes = Math.min(scan.bytes(), bytesMax());
    return new Scan(scan.target(), scan.span(), scan.limit(), bytes, scan.reverse(), scan.at());
  }

  private void finish(KvCall call, Read read, KvReply found, long began, boolean proved) {
    if (!leadership.isStill(began)) {
      call.refuse(leadership.notLeader());
    } else if (proved) {
      reply(call, read, found);
    } else {
      leadership.confirm(began, call, () -> reply(call, read, found));
    }
  }

  private void reply(KvCall call, Read read, KvReply found) {
    if (!refusedBySpan(call, read) && !refusedByThreshold(call, read)) {
      call.reply(found);
    }
  }

  private boolean refusedBySpan(KvCall call, Read read) {
    boolean covered =
        switch (read) {
          case Get(_, var key, _) -> leadership.covers(key);
          case MultiGet(_, var keys, _) -> keys.stream().allMatch(leadership::covers);
          case Scan scan -> leadership.covers(scan.span());
        };
    if (!covered) {
      call.refuse(leadership.stale(spanOf(read)));
    }
    return !covered;
  }

  private boolean refusedByThreshold(KvCall call, Read read) {
    boolean tooOld = !isNewest(read) && read.at().value() < leadership.threshold.value();
    if (tooOld) {
      call.reply(leadership.tooOld());
    }
    return tooOld;
  }

  private static KeySpan spanOf(Read read) {
    return switch (read) {
      case Get(_, var key, _) -> Leadership.spanOf(key);
      case MultiGet(_, var keys, _) -> Leadership.spanOf(keys);
      case Scan scan -> scan.span();
    };
  }

  static Refusal unreadable(RuntimeException failure) {
    return new Refusal.Unavailable("the state database cannot be read: " + failure.getMessage());
  }
}
