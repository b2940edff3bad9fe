package io.flotilla.raft;

import io.flotilla.keyspace.PeerId;
import io.flotilla.raft.Message.Append;
import io.flotilla.raft.Message.AppendReply;
import io.flotilla.raft.Message.AppendResult.Rejected;
import io.flotilla.raft.Message.Beat;
import io.flotilla.raft.Message.BeatReply;
import io.flotilla.raft.Message.CampaignNow;
import io.flotilla.raft.Message.NotLeading;
import io.flotilla.raft.Message.Nudge;
import io.flotilla.raft.Message.PreVoteReply;
import io.flotilla.raft.Message.PreVoteRequest;
import io.flotilla.raft.Message.QuiesceOffer;
import io.flotilla.raft.Message.QuiesceReply;
import io.flotilla.raft.Message.ReadIndexReply;
import io.flotilla.raft.Message.ReadIndexRequest;
import io.flotilla.raft.Message.Snapshot;
import io.flotilla.raft.Message.VoteReply;
import io.flotilla.raft.Message.VoteRequest;

/// What happens to a message: first the term rule (paper, section 5.1), then one flat dispatch.
final class Receiving {
  private final GroupState state;
  private final Elections elections;
  private final Following following;
  private final Leading leading;
  private final Replication replication;
  private final Quiescing quiescing;

  Receiving(
      GroupState state,
      Elections elections,
      Following following,
      Leading leading,
      Replication replication,
      Quiescing quiescing) {
    this.quiescing = quiescing;
    this.state = state;
    this.elections = elections;
    this.following = following;
    this.leading = leading;
    this.replication = replication;
  }

  void receive(Message message) {
    if (hasTermRuleOfItsOwn(message)) {
      dispatch(message);
    } else if (message.term() < state.term()) {
      answerStale(message);
    } else if (isExpected(message)) {
      receiveInTerm(message);
    }
  }

  /// Requests for votes may be ignored whatever their term; a granted pre-vote is about a term that
  /// does not exist yet, and a refused one says something of use in any term.
  private static boolean hasTermRuleOfItsOwn(Message message) {
    return message instanceof PreVoteRequest
        || message instanceof VoteRequest
        || message instanceof PreVoteReply
        || message instanceof QuiesceOffer
        || message instanceof QuiesceReply
        || message instanceof Nudge
        || message instanceof NotLeading;
  }

  private void receiveInTerm(Message message) {
    boolean isFromLeader =
        message instanceof Append || message instanceof Beat || message instanceof Snapshot;
    if (message.term() > state.term()) {
      elections.becomeFollower(message.term(), isFromLeader ? message.from() : null);
    } else if (isFromLeader) {
      elections.follow(message.from());
    }
    if (isFromLeader) {
      quiescing.onLeaderHeard(message);
      state.promise();
    }
    dispatch(message);
  }

  private void dispatch(Message message) {
    switch (message) {
      case PreVoteRequest request -> elections.onPreVoteRequest(request);
      case PreVoteReply reply -> elections.onPreVoteReply(reply);
      case VoteRequest request -> elections.onVoteRequest(request);
      case VoteReply reply -> elections.onVoteReply(reply);
      case Append append -> following.onAppend(append);
      case Beat beat -> following.onBeat(beat);
      case Snapshot snapshot -> following.onSnapshot(snapshot);
      case CampaignNow now -> elections.onCampaignNow(now.from());
      case AppendReply reply -> onAppendReply(reply);
      case BeatReply reply -> onBeatReply(reply);
      case ReadIndexRequest request -> onReadIndexRequest(request);
      case ReadIndexReply reply -> onReadIndexReply(reply);
      case QuiesceOffer _, QuiesceReply _, Nudge _, NotLeading _ -> {} // [RaftGroup]'s own inputs
    }
  }

  /// A leader listens to nobody who is not (any more) in its group, whatever the term of his
  /// answer.
  private boolean isExpected(Message message) {
    boolean isForLeader =
        message instanceof AppendReply
            || message instanceof BeatReply
            || message instanceof ReadIndexRequest;
    return !isForLeader
        || !(state.role() instanceof Leader leader)
        || leader.progress.of(message.from()) != null;
  }

  /// Whoever still leads in an older term learns of the newer one, or it would go on for ever
  /// without us, and we without it.
  private void answerStale(Message message) {
    PeerId self = state.self;
    if (message instanceof Beat beat) {
      state.outbox.send(beat.from(), new BeatReply(self, state.term(), 0));
    } else if (message instanceof Append append) {
      Rejected rejected = new Rejected(append.previous().index(), EntryId.ZERO);
      AppendReply reply = new AppendReply(self, state.term(), rejected);
      state.outbox.sendOncePersisted(append.from(), reply);
    }
  }

  private void onAppendReply(AppendReply reply) {
    if (state.role() instanceof Leader leader
        && leader.progress.of(reply.from()) instanceof Progress follower) {
      replication.onAppendReply(leader, follower, reply);
      leading.maybeHandOver(leader, follower);
    }
  }

  private void onBeatReply(BeatReply reply) {
    if (state.role() instanceof Leader leader
        && leader.progress.of(reply.from()) instanceof Progress follower) {
      replication.onBeatReply(leader, follower, reply);
    }
  }

  private void onReadIndexRequest(ReadIndexRequest request) {
    if (state.role() instanceof Leader leader) {
      replication.addRead(leader, request.from(), request.context());
    }
  }

  private void onReadIndexReply(ReadIndexReply reply) {
    if (state.role() instanceof Follower follower) {
      following.onReadIndexReply(follower, reply);
    }
  }
}
