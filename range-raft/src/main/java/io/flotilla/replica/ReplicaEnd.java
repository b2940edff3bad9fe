package io.flotilla.replica;

import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a replica ended: removed, stopped with its store, or broken.
///
/// A broken one stays where it is, so that it is seen, and goes on asking whether it is still
/// wanted; it does nothing else.
final class ReplicaEnd {
  /// Shared by all that go on; never changed.
  static final ReplicaEnd NOT_YET = new ReplicaEnd();

  private @Nullable Refusal refusal;
  private @Nullable String broken;
  private long dropped;
  private int ticks;

  /// One that can be changed.
  ReplicaEnd begun() {
    return this == NOT_YET ? new ReplicaEnd() : this;
  }

  boolean isOver() {
    return refusal != null;
  }

  /// What whoever asks is told; null as long as it is not over.
  @Nullable Refusal refusal() {
    return refusal;
  }

  /// What whoever asks is told when the replica does not lead, or has ended.
  Refusal notServing(RangeReplica replica) {
    if (refusal != null) {
      return refusal;
    }
    RangeDescriptor known = replica.descriptorOrNull();
    if (known == null) {
      return new Refusal.NoReplica(replica.id());
    }
    StoreId leader = replica.leaderStore();
    return new Refusal.NotLeader(known, replica.host().store().equals(leader) ? null : leader);
  }

  /// What is wrong, null: nothing.
  @Nullable String broken() {
    return broken;
  }

  /// Messages that came afterwards.
  long dropped() {
    return dropped;
  }

  void drop() {
    dropped++;
  }

  /// A broken replica is to hear whether it was replaced meanwhile.
  void tick(RangeReplica replica) {
    if (broken != null && ++ticks % replica.host().options().leaderMissingTicks() == 0) {
      replica.host().onLeaderMissing(replica);
    }
  }

  /// Whoever waits is told, even if one of them throws, which is thrown on.
  void end(RangeReplica replica, String reason, Refusal said) {
    if (refusal != null) {
      return;
    }
    refusal = said;
    replica.slumber().end();
    List<Runnable> all =
        List.of(
            () -> replica.leaderSide().end(reason, said),
            () -> replica.barriers().refuseAll(said),
            () -> replica.proposals().giveUpAll(reason),
            () -> replica.applySide().end());
    Answers.toAll(all, Runnable::run);
  }

  void poison(RangeReplica replica, RuntimeException cause) {
    String what =
        "range "
            + replica.id()
            + " is broken on store "
            + replica.host().store()
            + ": "
            + cause.getMessage();
    broken = broken == null ? what : broken;
    boolean slept = replica.slumber().isAsleep();
    try {
      end(replica, what, new Refusal.Unavailable(what + "; restart this store"));
    } catch (RuntimeException more) {
      if (more != cause) {
        cause.addSuppressed(more);
      }
    }
    if (slept) {
      replica.host().vouching().wake(replica); // for it has to ask whether it is wanted
    }
  }
}
