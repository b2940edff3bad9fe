package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Accepted;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.raft.Message.ReadIndexReply;
import io.flotilla.raft.RaftGroup.FollowerStatus.Mode;
import io.flotilla.raft.Ready.LogFetch;
import io.flotilla.raft.quorum.Quorum;
import java.util.List;

/// How a leader brings its log, its commit index and its rounds of beats to the followers (paper,
/// sections 5.3 and 5.4.2; thesis, sections 6.4 and 10.2).
///
/// Inputs only note what is due; messages are made when a Ready is taken, so that everything that
/// came in one turn travels together.
final class Replication {
  private final GroupState state;

  Replication(GroupState state) {
    this.state = state;
  }

  // Hearing ---------------------------------------------------------------------------------------

  void onAppendReply(Leader leader, Progress follower, AppendReply reply) {
    follower.heard(leader.ticks());
    switch (reply.result()) {
      case Accepted(long lastIndex) -> onAccepted(leader, follower, lastIndex);
      case Rejected(long previousIndex, EntryId hint) -> {
        if (follower.isRefusalCurrent(previousIndex)) {
          follower.probe(state.log.newestAtMost(hint.index(), hint.term()) + 1);
          setAppendsDue(leader);
        }
      }
    }
  }

  private void onAccepted(Leader leader, Progress follower, long lastIndex) {
    if (lastIndex > state.log.lastIndex()) {
      return; // no peer can have matched what was never here
    }
    if (follower.accepted(lastIndex, state.log.compacted().index())) {
      maybeCommit(leader);
    }
    if (follower.next() <= state.log.lastIndex()) {
      setAppendsDue(leader);
    }
  }

  void onBeatReply(Leader leader, Progress follower, BeatReply reply) {
    follower.heard(leader.ticks());
    follower.answered(reply.round());
    if (follower.seemsStalled()) {
      if (follower.mode() == Mode.STREAMING) {
        sendAppend(follower, List.of());
      } else {
        setAppendsDue(leader);
      }
    }
    confirmRounds(leader);
  }

  void onSnapshotSent(Progress follower, long lastIndex) {
    if (follower.mode() != Mode.SNAPSHOTTING) {
      return;
    }
    follower.probe(lastIndex + 1);
    follower.pause();
  }

  void onFetched(Leader leader, LogFetch fetch, Progress follower, List<Entry> entries) {
    if (!fetch.equals(follower.fetch())) {
      return;
    }
    follower.setFetch(null);
    setAppendsDue(leader);
    if (follower.mode() != Mode.STREAMING || follower.next() != fetch.fromIndex()) {
      return;
    }
    if (entries.isEmpty()) {
      wantSnapshot(follower);
    } else if (state.log.matches(fetch.fromIndex(), entries)
        && state.log.termAt(fetch.fromIndex() - 1) >= 0) {
      sendAppend(follower, entries);
    }
  }

  private void setAppendsDue(Leader leader) {
    leader.setAppendsDue(true);
    state.outbox.touch();
  }

  // Committing ------------------------------------------------------------------------------------

  /// Commits what a quorum has durably, if it is of the own term (paper, section 5.4.2).
  void maybeCommit(Leader leader) {
    RaftLog log = state.log;
    long agreed = Quorum.agreed(state.membership(), leader.matches());
    long before = log.committed();
    if (agreed <= before || agreed < leader.termFirstIndex()) {
      return;
    }
    for (long i = Math.max(before + 1, leader.termFirstIndex()); i <= agreed; i++) {
      leader.addUncommittedBytes(-log.get(i).bytes());
    }
    log.commitTo(agreed);
    if (leader.reads.hasGathered() && before < leader.termFirstIndex()) {
      state.outbox.touch();
    }
  }

  /// Another membership, another quorum: it may have agreed on more already.
  void onQuorumChanged(Leader leader) {
    maybeCommit(leader);
    confirmRounds(leader);
  }

  // Rounds and reads ------------------------------------------------------------------------------

  long startRound(Leader leader) {
    long round = leader.startRound();
    state.outbox.touch();
    confirmRounds(leader);
    return round;
  }

  void addRead(Leader leader, PeerId from, long context) {
    if (!from.equals(state.self)) {
      leader.noteReadElsewhere();
    }
    leader.reads.add(from, context);
    if (mayRead(leader)) {
      state.outbox.touch();
    }
  }

  /// Before the own term's first entry commits, a leader may not know how far its predecessors had
  /// committed (thesis, section 6.4).
  private boolean mayRead(Leader leader) {
    return state.log.committed() >= leader.termFirstIndex();
  }

  private void confirmRounds(Leader leader) {
    long newest = Quorum.agreed(state.membership(), leader.rounds());
    if (newest != leader.confirmedRound()) {
      leader.setConfirmedRound(newest);
      state.outbox.touch();
      answerReads(leader);
    }
  }

  private void answerReads(Leader leader) {
    ReadBarriers.Batch batch;
    while ((batch = leader.reads.takeProved(leader.confirmedRound())) != null) {
      for (ReadBarriers.Waiting read : batch.reads()) {
        if (read.from().equals(state.self)) {
          state.outbox.readReady(read.context(), batch.index());
        } else {
          ReadIndexReply reply =
              new ReadIndexReply(state.self, state.term(), read.context(), batch.index());
          state.outbox.send(read.from(), reply);
        }
      }
    }
  }

  // Sending ---------------------------------------------------------------------------------------

  /// Makes the messages that are due; called when a Ready is taken.
  void flush(Leader leader) {
    boolean readsRide = leader.reads.hasGathered() && mayRead(leader);
    if (readsRide) {
      startRound(leader);
      leader.reads.start(leader.round(), state.log.committed());
      answerReads(leader);
    }
    if (leader.areBeatsDue()) {
      sendBeats(leader);
      leader.beatsLeft();
    }
    if (leader.areAppendsDue()) {
      leader.setAppendsDue(false);
      List<Progress> followers = leader.progress.followers();
      for (int i = 0; i < followers.size(); i++) {
        sendWhatFits(followers.get(i));
      }
    }
  }

  void sendBeats(Leader leader) {
    long committed = state.log.committed();
    List<Progress> followers = leader.progress.followers();
    for (int i = 0; i < followers.size(); i++) {
      Progress follower = followers.get(i);
      long known = Math.min(committed, follower.match());
      state.outbox.send(follower.peer(), new Beat(state.self, state.term(), known, leader.round()));
    }
  }

  private void sendWhatFits(Progress follower) {
    RaftLog log = state.log;
    while (!follower.isPaused(state.options)) {
      long next = follower.next();
      boolean isProbe = follower.mode() == Mode.PROBING;
      if (log.termAt(next - 1) < 0) {
        wantSnapshot(follower);
      } else if (next <= log.lastIndex() && log.isInMemory(next)) {
        long bytesMax = state.options.appendBytesMax();
        sendAppend(follower, log.slice(next, log.lastIndex(), bytesMax));
      } else if (isProbe) {
        sendAppend(follower, List.of());
      } else {
        maybeFetch(follower);
        return;
      }
    }
  }

  private void sendAppend(Progress follower, List<Entry> entries) {
    RaftLog log = state.log;
    long previousIndex = entries.isEmpty() ? follower.next() - 1 : entries.getFirst().index() - 1;
    long previousTerm = log.termAt(previousIndex);
    if (previousTerm < 0) {
      wantSnapshot(follower);
      return;
    }
    long bytes = 0;
    for (int i = 0; i < entries.size(); i++) {
      bytes += entries.get(i).bytes();
    }
    EntryId previous = new EntryId(previousTerm, previousIndex);
    state.outbox.send(
        follower.peer(), new Append(state.self, state.term(), previous, entries, log.committed()));
    follower.sent(previousIndex + entries.size(), bytes);
  }

  private void maybeFetch(Progress follower) {
    RaftLog log = state.log;
    if (follower.next() > log.lastIndex() || follower.fetch() != null) {
      return;
    }
    long to = Math.min(log.lastIndex(), log.firstInMemory() - 1);
    LogFetch fetch =
        new LogFetch(follower.peer(), follower.next(), to, state.options.appendBytesMax());
    follower.setFetch(fetch);
    state.outbox.fetch(fetch);
  }

  private void wantSnapshot(Progress follower) {
    follower.awaitSnapshot();
    state.outbox.wantSnapshot(follower.peer(), state.log.compacted().index());
  }
}
