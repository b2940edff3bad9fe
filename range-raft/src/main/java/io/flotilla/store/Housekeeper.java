package io.flotilla.store;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
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

  private final StoreCore core;
  private final StoreLoop loop;
  private final Map<RangeId, Integer> lastApplied = new LinkedHashMap<>();
  private int ticks;
  private int rounds;
  private int quietFlushTick;
  private boolean asking;

  /// `descriptor` null: its size is not asked for this time.
  private record Ask(RangeReplica replica, @Nullable RangeDescriptor descriptor) {}

  /// `bytes` -1: not asked for.
  private record Answer(RangeReplica replica, EntryId durable, long bytes) {}

  Housekeeper(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
  }

  void onApplied(RangeReplica replica) {
    lastApplied.put(replica.id(), ticks);
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

  private List<Ask> asks() {
    List<Ask> asks = new ArrayList<>();
    StoreOptions options = core.env().options();
    lastApplied.keySet().removeIf(range -> loop.replicas().get(range) == null);
    for (Map.Entry<RangeId, Integer> each : lastApplied.entrySet()) {
      RangeReplica replica = loop.replicas().get(each.getKey());
      int age = ticks - each.getValue();
      boolean isDue = age <= options.housekeepingTicks() || age > options.replica().quietTicks();
      if (replica != null && !replica.isEnded() && isDue) {
        boolean withSize =
            replica.bytes() == 0 || (rounds + replica.id().value()) % SIZE_EVERY_ROUNDS == 0;
        asks.add(new Ask(replica, withSize ? replica.descriptorOrNull() : null));
      }
    }
    return asks;
  }

  /// On the bulk loop.
  private void answer(List<Ask> asks) {
    List<Answer> answers = new ArrayList<>();
    for (Ask ask : asks) {
      EntryId durable = core.env().state().durableApplied(ask.replica.id());
      long bytes =
          ask.descriptor == null ? -1 : core.env().state().approximateBytes(ask.descriptor);
      answers.add(new Answer(ask.replica, durable, bytes));
    }
    loop.post(() -> onAnswers(answers));
  }

  private void onAnswers(List<Answer> answers) {
    asking = false;
    if (!loop.isRunning()) {
      return;
    }
    // However many ranges are busy, together they keep about as much log as one may: what is gone
    // before the log's memtable is full is never written to a table.
    long most = core.env().options().replica().compactAtBytes();
    long share = Math.min(most, Math.max(LOG_SHARE_BYTES_MIN, most / answers.size()));
    long replayBytes = 0;
    boolean quietOneWaits = false;
    for (Answer answer : answers) {
      RangeReplica replica = answer.replica;
      if (loop.replicas().get(replica.id()) != replica || replica.isEnded()) {
        lastApplied.remove(replica.id());
        continue;
      }
      boolean quiet = isQuiet(replica);
      note(replica, answer.bytes);
      loop.guard(replica, () -> replica.compact(answer.durable, quiet, share));
      replayBytes += replica.log().bytesAfter(answer.durable.index());
      boolean waits = answer.durable.index() < replica.applied().index();
      quietOneWaits |= quiet && waits;
      if (quiet && !waits) {
        lastApplied.remove(replica.id());
      }
    }
    boolean isQuietFlushDue =
        quietOneWaits && ticks - quietFlushTick >= core.env().options().replica().quietTicks();
    if (isQuietFlushDue) {
      quietFlushTick = ticks;
    }
    boolean isFlushDue = isQuietFlushDue || replayBytes > core.env().options().replayBytesMax();
    // Without room it would fail, and the store with it; what is applied can be applied again.
    if (isFlushDue && core.env().room().stage() != DiskStage.EXHAUSTED) {
      core.bulk(core.env().state()::flush);
    }
  }

  private boolean isQuiet(RangeReplica replica) {
    Integer at = lastApplied.get(replica.id());
    return at == null || ticks - at > core.env().options().replica().quietTicks();
  }

  private void note(RangeReplica replica, long bytes) {
    if (bytes >= 0
        && Math.abs(replica.bytes() - bytes) > Math.max(MEANINGFUL_BYTES, replica.bytes() / 16)) {
      replica.setBytes(bytes);
      loop.replicas().changed(replica);
    }
  }
}
