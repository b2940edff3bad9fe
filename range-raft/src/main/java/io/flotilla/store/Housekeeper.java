package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.RangeSize;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.ReplicaKind;
import io.flotilla.raft.EntryId;
import io.flotilla.replica.RangeReplica;
import io.flotilla.replica.ReplicaList;
import io.flotilla.spi.DiskStage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Looks after log and size of the replicas of one loop, in the background: asks the state how much
/// of each is durable and how big it is, compacts logs, and asks for a flush when too much log is
/// kept only because the state is not durable.
///
/// Only ranges to which something was applied are looked at, and once more after they became quiet.
final class Housekeeper {
  private static final long MEANINGFUL_BYTES = 64 << 10;
  private static final int SIZE_EVERY_ROUNDS = 10;

  /// Compacting a shorter log is not worth its entry in the batch.
  private static final long LOG_SHARE_BYTES_MIN = 32 << 10;

  /// A busy range with a shorter log can wait until it is quiet, or the log longer: there is
  /// nothing to compact, and hardly anything that a start would have to apply again.
  private static final long LOG_BYTES_WORTH_A_LOOK = 8 << 10;

  private static final int ANSWERS_AT_ONCE = 200;

  private final StoreCore core;
  private final StoreLoop loop;

  /// Who applied something and was not looked at since it became quiet, those who did so last at
  /// the end: of a hundred thousand that wait for a flush only those are walked over that are due.
  private final SequencedMap<RangeId, Integer> lastApplied = new LinkedHashMap<>();

  private int ticks;
  private int rounds;
  private int quietFlushTick;
  private boolean asking;

  /// `descriptor` null: its size is not asked for this time.
  private record Ask(RangeReplica replica, @Nullable RangeDescriptor descriptor) {}

  /// `size` null: not asked for.
  private record Answer(RangeReplica replica, EntryId durable, @Nullable RangeSize size) {}

  /// What the answers of a round add up to.
  private static final class Round {
    /// Bytes of log that each range may keep.
    final long share;

    long replayBytes;
    boolean quietOneWaits;

    Round(long share) {
      this.share = share;
    }
  }

  Housekeeper(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
  }

  void onApplied(RangeReplica replica) {
    lastApplied.putLast(replica.id(), ticks);
  }

  void onTick() {
    ticks++;
    if (ticks % core.env().options().housekeepingTicks() != 0 || asking) {
      return;
    }
    rounds++;
    ReplicaList awake = loop.sleepers().awake(); // a range with learners does not sleep
    for (int i = 0; i < awake.size(); i++) {
      watchLearners(awake.get(i));
    }
    List<Ask> asks = asks();
    if (!asks.isEmpty()) {
      asking = true;
      core.bulk(() -> answer(asks));
    }
  }

  /// Whoever moves a replica waits for how far its learner has come: that is news in every round.
  private void watchLearners(RangeReplica replica) {
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (descriptor != null && replica.isLeader() && !isPlain(descriptor)) {
      loop.replicas().changed(replica);
    }
  }

  private static boolean isPlain(RangeDescriptor descriptor) {
    for (ReplicaDescriptor replica : descriptor.replicas()) {
      if (replica.kind() != ReplicaKind.VOTER) {
        return false;
      }
    }
    return true;
  }

  /// Those who became quiet, and those who applied something since the last round.
  private List<Ask> asks() {
    List<Ask> asks = new ArrayList<>();
    List<RangeId> gone = new ArrayList<>();
    for (Map.Entry<RangeId, Integer> each : lastApplied.sequencedEntrySet()) {
      int age = ticks - each.getValue();
      if (!isQuiet(age)) {
        break;
      }
      ask(each.getKey(), age, asks, gone);
    }
    for (Map.Entry<RangeId, Integer> each : lastApplied.sequencedEntrySet().reversed()) {
      int age = ticks - each.getValue();
      if (isQuiet(age) || age > core.env().options().housekeepingTicks()) {
        break;
      }
      ask(each.getKey(), age, asks, gone);
    }
    gone.forEach(lastApplied::remove);
    return asks;
  }

  private void ask(RangeId range, int age, List<Ask> asks, List<RangeId> gone) {
    RangeReplica replica = loop.replicas().get(range);
    if (replica == null) {
      gone.add(range);
      return;
    }
    RangeDescriptor descriptor = replica.descriptorOrNull();
    if (!replica.isEnded() && (isQuiet(age) || isWorthALook(replica, descriptor))) {
      boolean withSize = descriptor != null && isSizeDue(replica, descriptor, age);
      asks.add(new Ask(replica, withSize ? descriptor : null));
    }
  }

  /// Of one that is busy. One that rests is so no more, and will be looked at as a quiet one.
  private static boolean isWorthALook(RangeReplica replica, @Nullable RangeDescriptor descriptor) {
    return descriptor != null && !replica.size().isOf(descriptor)
        || !replica.isAtRest() && replica.log().bytes() >= LOG_BYTES_WORTH_A_LOOK;
  }

  /// What was measured of another generation is not the size of this one: after a split both halves
  /// are measured in the next round. And a range that became quiet is not looked at again, so the
  /// last look finds out how large it ended.
  private boolean isSizeDue(RangeReplica replica, RangeDescriptor descriptor, int age) {
    return !replica.size().isOf(descriptor)
        || isQuiet(age)
        || (rounds + replica.id().value()) % SIZE_EVERY_ROUNDS == 0;
  }

  /// On the bulk loop. Of very many ranges the loop takes a few at a time, so that nobody waits for
  /// all of them.
  private void answer(List<Ask> asks) {
    Round round = new Round(shareOf(asks.size()));
    List<Answer> answers = new ArrayList<>();
    for (Ask ask : asks) {
      EntryId durable = core.env().state().durableApplied(ask.replica.id());
      answers.add(new Answer(ask.replica, durable, measure(ask.descriptor)));
      if (answers.size() == ANSWERS_AT_ONCE) {
        List<Answer> some = answers;
        answers = new ArrayList<>();
        loop.post(() -> onAnswers(round, some));
      }
    }
    List<Answer> rest = answers;
    loop.post(() -> {
      onAnswers(round, rest);
      end(round);
    });
  }

  /// However many ranges are busy, together they keep about as much log as one may: what is gone
  /// before the log's memtable is full is never written to a table.
  private long shareOf(int ranges) {
    long most = core.env().options().replica().compactAtBytes();
    return Math.min(most, Math.max(LOG_SHARE_BYTES_MIN, most / ranges));
  }

  private @Nullable RangeSize measure(@Nullable RangeDescriptor descriptor) {
    return descriptor == null
        ? null
        : new RangeSize(core.env().state().approximateBytes(descriptor), descriptor.generation());
  }

  private void onAnswers(Round round, List<Answer> answers) {
    if (!loop.isRunning()) {
      return;
    }
    boolean isTight = core.env().room().stage() != DiskStage.ROOMY;
    for (Answer answer : answers) {
      RangeReplica replica = answer.replica;
      if (loop.replicas().get(replica.id()) != replica || replica.isEnded()) {
        lastApplied.remove(replica.id());
      } else {
        loop.guard(replica, () -> onAnswer(round, answer, isTight));
      }
    }
  }

  private void onAnswer(Round round, Answer answer, boolean isTight) {
    RangeReplica replica = answer.replica;
    boolean quiet = isQuiet(replica);
    note(replica, answer.size);
    if (isTight) {
      replica.snapshots().releaseAll(); // room for entries comes before an easy catch-up
    }
    replica.compact(answer.durable, quiet, round.share);
    round.replayBytes += replica.log().bytesAfter(answer.durable.index());
    boolean waits = answer.durable.index() < replica.applied().index();
    round.quietOneWaits |= quiet && waits;
    boolean measured = answer.size != null || replica.descriptorOrNull() == null;
    if (quiet && !waits && measured) {
      lastApplied.remove(replica.id());
    }
  }

  private void end(Round round) {
    asking = false;
    boolean isQuietFlushDue =
        round.quietOneWaits
            && ticks - quietFlushTick >= core.env().options().replica().quietTicks();
    if (isQuietFlushDue) {
      quietFlushTick = ticks;
    }
    boolean isFlushDue =
        isQuietFlushDue || round.replayBytes > core.env().options().replayBytesMax();
    // Without room it would fail, and the store with it; what is applied can be applied again.
    boolean hasRoom = core.env().room().stage() != DiskStage.EXHAUSTED;
    if (loop.isRunning() && isFlushDue && hasRoom) {
      core.bulk(core.env().state()::flush);
    }
  }

  private boolean isQuiet(RangeReplica replica) {
    Integer at = lastApplied.get(replica.id());
    return at == null || isQuiet(ticks - at);
  }

  /// @param age ticks since something was applied
  private boolean isQuiet(int age) {
    return age > core.env().options().replica().quietTicks();
  }

  private void note(RangeReplica replica, @Nullable RangeSize size) {
    if (size == null) {
      return;
    }
    RangeSize known = replica.size();
    long difference = Math.abs(known.bytes() - size.bytes());
    if (size.generation() != known.generation()
        || difference > Math.max(MEANINGFUL_BYTES, known.bytes() / 16)) {
      replica.measured(size);
      loop.replicas().changed(replica);
    }
  }
}
