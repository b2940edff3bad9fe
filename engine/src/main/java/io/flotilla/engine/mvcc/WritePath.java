package io.flotilla.engine.mvcc;

import io.flotilla.engine.Limits;
import io.flotilla.engine.mvcc.HotKeys.Known;
import io.flotilla.engine.mvcc.KvReply.Done;
import io.flotilla.engine.mvcc.KvReply.MultiRange;
import io.flotilla.engine.mvcc.KvReply.Rejected;
import io.flotilla.engine.mvcc.KvReply.Swapped;
import io.flotilla.engine.mvcc.KvReply.Unknown;
import io.flotilla.engine.mvcc.KvRequest.Batch;
import io.flotilla.engine.mvcc.KvRequest.CompareAndSet;
import io.flotilla.engine.mvcc.KvRequest.Delete;
import io.flotilla.engine.mvcc.KvRequest.Mutation;
import io.flotilla.engine.mvcc.KvRequest.Put;
import io.flotilla.engine.mvcc.KvRequest.Write;
import io.flotilla.engine.mvcc.Overlay.InFlight;
import io.flotilla.engine.rocks.StateLayout;
import io.flotilla.keyspace.Key;
import io.flotilla.keyspace.KeySpan;
import io.flotilla.keyspace.Timestamp;
import io.flotilla.replica.RangeAccess.ProposalOutcome;
import io.flotilla.replica.Refusal;
import io.flotilla.spi.StateStorage.StateWrite;
import io.flotilla.spi.StorageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a range's leader writes: timestamp, evaluation against applied state and overlay, proposal,
/// reply once applied.
final class WritePath {
  /*
   * Writes are evaluated in the order of their timestamps, and proposed as they are evaluated,
   * so the order of versions of a key is that of their entries in the log. One whose timestamp
   * is no longer above all that was read and written (it waited for the disk, or a snapshot read
   * came in between) draws another.
   *
   * A compare-and-set that finds what it expects in the overlay is proposed behind the write it
   * rests on: the log commits neither or the first alone or both. One that finds something else
   * has to say so only when the write it looked at is applied, or it would report what may never
   * be; and, being a read, only when it is certain that no other leader had taken over before it
   * came.
   */
  private static final int EVALUATIONS_MAX = 8;

  private final Leadership leadership;
  private final NewestReader newest;
  private final ColdKeys coldKeys;

  WritePath(Leadership leadership, VersionReader reader) {
    this.leadership = leadership;
    this.newest = new NewestReader(leadership, reader);
    this.coldKeys = new ColdKeys(leadership, reader);
  }

  void serve(KvCall call, Write write) {
    String fault = faultOf(write);
    if (fault != null) {
      call.reply(new Rejected(fault));
    } else if (refusedBySpan(call, write) || refusedByDisk(call, write)) {
      return;
    } else {
      draw(new PendingWrite(this, call, leadership.number()));
    }
  }

  /// True if the disks do not allow it; then the call is answered.
  private boolean refusedByDisk(KvCall call, Write write) {
    Refusal refusal =
        leadership.environment.room().refusal(leadership.access.descriptor(), addsData(write));
    if (refusal != null) {
      call.refuse(refusal);
    }
    return refusal != null;
  }

  private static boolean addsData(Write write) {
    return switch (write) {
      case Put _ -> true;
      case Delete _ -> false;
      case CompareAndSet(_, _, _, var update) -> update != null;
      case Batch(_, var mutations) -> mutations.stream().anyMatch(each -> each.value() != null);
    };
  }

  /// As the limits say; null: fine. The client has checked the same, unless it is a stranger.
  private static @Nullable String faultOf(Write write) {
    return switch (write) {
      case Put(_, var key, var value) -> faultOf(key, value);
      case Delete(_, var key) -> faultOf(key, null);
      case CompareAndSet(_, var key, _, var update) -> faultOf(key, update);
      case Batch(_, var mutations) -> faultOf(mutations);
    };
  }

  private static @Nullable String faultOf(List<Mutation> mutations) {
    long bytes = 0;
    for (Mutation mutation : mutations) {
      String fault = faultOf(mutation.key(), mutation.value());
      if (fault != null) {
        return fault;
      }
      bytes += Limits.WRITE_OVERHEAD_BYTES + mutation.key().length();
      bytes += mutation.value() == null ? 0 : mutation.value().length;
    }
    if (mutations.isEmpty()) {
      return "the batch is empty";
    }
    return bytes <= Limits.BATCH_BYTES_MAX
        ? null
        : "a batch of " + bytes + " bytes is over the limit of " + Limits.BATCH_BYTES_MAX;
  }

  private static @Nullable String faultOf(Key key, byte @Nullable [] value) {
    if (key.isEmpty() || key.length() > Limits.KEY_BYTES_MAX) {
      return "a key has 1 to " + Limits.KEY_BYTES_MAX + " bytes, this one " + key.length();
    }
    return value == null || value.length <= Limits.VALUE_BYTES_MAX
        ? null
        : "a value of " + value.length + " bytes is over the limit of " + Limits.VALUE_BYTES_MAX;
  }

  /// True if the range does not have all keys; then the call is answered.
  private boolean refusedBySpan(KvCall call, Write write) {
    KeySpan span = leadership.access.descriptor().span();
    switch (write) {
      case Put(_, var key, _) when !span.contains(key) -> refuseStale(call, key);
      case Delete(_, var key) when !span.contains(key) -> refuseStale(call, key);
      case CompareAndSet(_, var key, _, _) when !span.contains(key) -> refuseStale(call, key);
      case Batch batch -> {
        return batchRefusedBySpan(call, batch, span);
      }
      case Write _ -> {
        return false;
      }
    }
    return true;
  }

  /// A client with an older view than ours may have taken several ranges for one; one with a newer
  /// view knows better than we do yet, and tries again.
  private boolean batchRefusedBySpan(KvCall call, Batch batch, KeySpan span) {
    List<Key> keys = batch.mutations().stream().map(Mutation::key).toList();
    long inside = keys.stream().filter(span::contains).count();
    if (inside == keys.size()) {
      return false;
    }
    KeySpan wanted = Leadership.spanOf(keys);
    boolean behind = batch.target().generation() > leadership.access.descriptor().generation();
    if (inside == 0 || behind) {
      call.refuse(leadership.stale(wanted));
    } else {
      call.reply(new MultiRange(leadership.access.localDescriptors(wanted)));
    }
    return true;
  }

  private void refuseStale(KvCall call, Key key) {
    call.refuse(leadership.stale(Leadership.spanOf(key)));
  }

  private void draw(PendingWrite write) {
    if (write.tryAgain(EVALUATIONS_MAX)) {
      leadership.waitBegins();
      leadership.environment.timestamps().draw(write);
    } else {
      write.call.refuse(new Refusal.Busy("evaluations of one write", 5));
    }
  }

  /// There is a timestamp, or there will be none.
  void onDrawn() {
    leadership.waitEnds();
  }

  /// The write has a timestamp that was drawn after it came.
  void evaluate(PendingWrite pending) {
    KvCall call = pending.call;
    Write write = (Write) call.request();
    if (!leadership.isStill(pending.leadership)) {
      call.refuse(notLeader());
    } else if (call.isLate()) {
      call.refuse(new Refusal.TooLate());
    } else if (refusedBySpan(call, write)) {
      return;
    } else if (!leadership.claim(pending.timestamp())) {
      draw(pending);
    } else {
      switch (write) {
        case Put(_, var key, var value) -> propose(pending, List.of(new Mutation(key, value)));
        case Delete(_, var key) -> propose(pending, List.of(new Mutation(key, null)));
        case Batch(_, var mutations) -> propose(pending, mutations);
        case CompareAndSet swap -> evaluate(pending, swap);
      }
    }
  }

  private void evaluate(PendingWrite pending, CompareAndSet swap) {
    InFlight inFlight = leadership.overlay.newest(swap.key());
    if (inFlight != null) {
      if (Arrays.equals(inFlight.value, swap.expected())) {
        propose(pending, List.of(new Mutation(swap.key(), swap.update())));
      } else {
        answerOnceApplied(pending, inFlight.write);
      }
      return;
    }
    Known applied = applied(pending, swap.key());
    if (applied == null) {
      return;
    }
    if (Arrays.equals(applied.value(), swap.expected())) {
      propose(pending, List.of(new Mutation(swap.key(), swap.update())));
    } else {
      leadership.confirm(pending.leadership, pending.call, () -> answerFalse(pending));
    }
  }

  /// The newest applied value; null: the write is answered, or will be evaluated again when it is
  /// known.
  private @Nullable Known applied(PendingWrite pending, Key key) {
    Version warmed = coldKeys.version(key);
    if (warmed != null) {
      return new Known(warmed.value());
    }
    try {
      Known inMemory = newest.inMemory(key);
      if (inMemory != null) {
        return inMemory;
      }
    } catch (StorageException e) {
      pending.call.refuse(
          new Refusal.Unavailable("the state database cannot be read: " + e.getMessage()));
      return null;
    }
    coldKeys.warm(key, () -> draw(pending), pending.call::refuse);
    return null;
  }

  private void answerOnceApplied(PendingWrite pending, PendingWrite seen) {
    seen.await(
        new PendingWrite.Waiter() {
          @Override
          public void onApplied() {
            leadership.confirm(pending.leadership, pending.call, () -> answerFalse(pending));
          }

          @Override
          public void onLost(Refusal refusal) {
            pending.call.refuse(refusal);
          }
        });
  }

  private void answerFalse(PendingWrite pending) {
    if (!refusedBySpan(pending.call, (Write) pending.call.request())) {
      pending.call.reply(new Swapped(false));
    }
  }

  private void propose(PendingWrite pending, List<Mutation> mutations) {
    List<StateWrite> writes = new ArrayList<>(mutations.size());
    for (Mutation mutation : mutations) {
      byte[] key = StateLayout.versionKey(mutation.key().bytes(), pending.timestamp());
      writes.add(new StateWrite(key, Version.encode(mutation.value())));
    }
    long token = leadership.access.propose(writes, pending);
    if (token == 0 || pending.isDone()) {
      return;
    }
    List<InFlight> keys = new ArrayList<>(mutations.size());
    for (Mutation mutation : mutations) {
      keys.add(enter(mutation, pending));
      coldKeys.touched(mutation.key());
      int bytes = mutation.value() == null ? 0 : mutation.value().length;
      leadership.garbage.wrote(bytes, pending.timestamp());
    }
    pending.enter(keys);
  }

  private InFlight enter(Mutation mutation, PendingWrite pending) {
    InFlight before = leadership.overlay.newest(mutation.key());
    InFlight added = leadership.overlay.add(mutation.key(), mutation.value(), pending);
    boolean wasHot = leadership.environment.hotKeys().remove(mutation.key(), leadership.reign());
    added.hot = wasHot || (before != null && before.hot);
    return added;
  }

  /// @param applied true: what is not under way any more is what the state has now
  void leave(PendingWrite write, List<InFlight> keys, boolean applied) {
    for (InFlight gone : keys) {
      leadership.overlay.remove(gone);
      if (gone.hot
          && applied
          && leadership.isStill(write.leadership)
          && leadership.overlay.newest(gone.key) == null) {
        leadership.environment.hotKeys().keep(gone.key, gone.value, leadership.reign());
      }
    }
  }

  void answer(PendingWrite pending, ProposalOutcome outcome) {
    switch (outcome) {
      case ProposalOutcome.Applied _ -> pending.call.reply(success(pending));
      case ProposalOutcome.Refused(var refusal) -> pending.call.refuse(refusal);
      case ProposalOutcome.Unknown(var reason) -> pending.call.reply(new Unknown(reason));
    }
  }

  private static KvReply success(PendingWrite pending) {
    return pending.call.request() instanceof CompareAndSet
        ? new Swapped(true)
        : new Done(new Timestamp(pending.timestamp()));
  }

  /// The leadership began or ended: nothing that was read counts any more.
  void onLeadershipChanged() {
    coldKeys.clear();
  }

  Refusal notLeader() {
    return leadership.notLeader();
  }
}
