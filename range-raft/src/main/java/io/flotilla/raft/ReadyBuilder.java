package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Ready.Install;
import io.flotilla.raft.Ready.LogFetch;
import io.flotilla.raft.Ready.RoleChange;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Takes what the inputs have produced together into one [Ready].
final class ReadyBuilder {
  private final GroupState state;
  private final Replication replication;
  private long number;
  private long committedOffered;
  private RoleKind role = RoleKind.FOLLOWER;
  private long term;
  private @Nullable PeerId leader;

  ReadyBuilder(GroupState state, Replication replication) {
    this.state = state;
    this.replication = replication;
    this.term = state.term();
  }

  /// One that goes on where it rested: what it said last is what is so.
  ReadyBuilder(GroupState state, Replication replication, RestReader in) {
    this.state = state;
    this.replication = replication;
    this.number = in.number();
    this.committedOffered = in.number();
    this.role = state.role().kind();
    this.term = state.term();
    this.leader = state.leader();
  }

  boolean mayRest() {
    return !isDue() && !isRoleNews();
  }

  void rest(RestWriter out) {
    out.number(number);
    out.number(committedOffered);
  }

  boolean isDue() {
    return state.outbox.isFull()
        || state.isHardStateDirty()
        || state.log.hasUnoffered()
        || state.apply.isReady();
  }

  Ready take() {
    Outbox outbox = state.outbox;
    number++;
    if (state.role() instanceof Leader leading) {
      replication.flush(leading);
    }
    Install install = outbox.install;
    List<Entry> toPersist = install == null ? state.log.offer() : List.of();
    outbox.seal(state.log.offered());
    HardState hardState = hardState(!toPersist.isEmpty() || install != null);
    List<Entry> toApply = state.apply.next();
    LogFetch fetch = state.apply.wantedFetch();
    if (fetch != null) {
      outbox.fetch(fetch);
    }
    Ready ready =
        new Ready(
            number,
            hardState,
            toPersist,
            install,
            outbox.now,
            outbox.oncePersisted,
            toApply,
            outbox.reads,
            outbox.fetches,
            outbox.snapshots,
            outbox.dropped,
            roleChange(),
            state.role() instanceof Leader leading ? leading.leaseRound() : 0);
    outbox.clear();
    if (ready.mustPersist()) {
      long installIndex = install == null ? 0 : install.last().index();
      state.log.persists().add(number, state.log.offered(), hardState, installIndex);
    }
    return ready;
  }

  /// The commit index goes along whenever something is written anyway. That is more than a hint in
  /// one case: who has a second membership change in its log knows, also after a restart, that the
  /// first one is committed, and so does not campaign before it has applied it.
  private @Nullable HardState hardState(boolean isWriting) {
    long committed = state.log.committed();
    if (!state.isHardStateDirty() && !(isWriting && committed != committedOffered)) {
      return null;
    }
    committedOffered = committed;
    state.hardStateOffered();
    return new HardState(state.term(), state.vote(), committed);
  }

  private boolean isRoleNews() {
    Role now = state.role();
    return now.kind() != role || state.term() != term || !Objects.equals(now.leader(), leader);
  }

  private @Nullable RoleChange roleChange() {
    Role now = state.role();
    if (!isRoleNews()) {
      return null;
    }
    role = now.kind();
    term = state.term();
    leader = now.leader();
    long termFirstIndex = now instanceof Leader leading ? leading.termFirstIndex() : 0;
    return new RoleChange(role, term, leader, termFirstIndex);
  }
}
