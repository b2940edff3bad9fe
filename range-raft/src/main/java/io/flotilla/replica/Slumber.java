package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.NotLeading;
import io.flotilla.raft.Message.Nudge;
import io.flotilla.raft.Message.QuiesceOffer;
import io.flotilla.raft.Message.QuiesceReply;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RoleKind;
import io.flotilla.raft.quorum.Quorum;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The part of a replica that deals with not ticking. Why it is safe is told in docs/leases.md.
final class Slumber {
  /*
   * A leader with nothing to do asks every follower whose store is up. When all of them have
   * agreed and the stores of a quorum support its own, it sleeps; from then on its lease is what
   * those stores promised, at the epochs at which the followers agreed. Anything that needs the
   * group wakes it, and it alone: a beat or an entry of a woken leader wakes its followers.
   *
   * A follower sleeps from when it agrees until the leader's next beat, or until its own store has
   * withdrawn its support of the leader's, or until the leader says that it does not lead.
   *
   * After a start a replica is dormant: it has agreed to nothing, and waits a little for somebody
   * to make use of it before it ticks.
   */

  private static final int ANSWER_TICKS = 6;
  private static final int UNUSED_TICKS = 4;
  private static final long[] NOBODY = new long[0];

  private enum Stage {
    AWAKE,
    /// Leads, ticks, and waits for the followers' answers.
    ASKING,
    /// Leads and sleeps.
    LEADING,
    /// Follows and sleeps.
    FOLLOWING,
    /// Was found at the start of the store and has heard nothing.
    DORMANT
  }

  private final RangeReplica replica;
  private final Vouching vouching;
  private Stage stage = Stage.AWAKE;
  private int idleTicks;
  private int sinceTick;
  private long round;
  private long[] epochs = NOBODY;

  Slumber(RangeReplica replica, Vouching vouching) {
    this.replica = replica;
    this.vouching = vouching;
  }

  boolean isAsleep() {
    return stage == Stage.LEADING || stage == Stage.FOLLOWING || stage == Stage.DORMANT;
  }

  boolean isDormant() {
    return stage == Stage.DORMANT;
  }

  /// Just found, and not ticking yet.
  void beginDormant() {
    stage = Stage.DORMANT;
    sinceTick = vouching.tick();
  }

  // A leader --------------------------------------------------------------------------------------

  /// A tick of a replica that is awake.
  void onTick() {
    boolean isLate = stage == Stage.ASKING && vouching.tick() - sinceTick > ANSWER_TICKS;
    if (replica.group().role() != RoleKind.LEADER) {
      idleTicks = 0;
      stage = Stage.AWAKE;
    } else if (isLate || vouching.idleTicks(replica.id()) == 0 || !isIdle()) {
      giveUp();
      beIdleFor(isLate ? UNUSED_TICKS : Integer.MAX_VALUE);
    } else if (stage != Stage.ASKING && ++idleTicks >= patience()) {
      ask();
    }
  }

  /// After an election that nobody has made use of there is nothing to wait for.
  private int patience() {
    Leadership lead = replica.currentLeadership();
    boolean isUsed = lead == null || lead.isUsed();
    return Math.min(vouching.idleTicks(replica.id()), isUsed ? Integer.MAX_VALUE : UNUSED_TICKS);
  }

  private boolean isIdle() {
    Leadership lead = replica.currentLeadership();
    return lead != null
        && lead.isOpen()
        && lead.isIdle()
        && isUnused()
        && !vouching.isStalled()
        && replica.group().quiescing().isQuiet();
  }

  private boolean isUnused() {
    boolean isWaitedFor = replica.proposals().open() > 0 || replica.barriers().open() > 0;
    return !isWaitedFor && replica.applySide().isIdle() && !replica.isInstalling();
  }

  private void ask() {
    RaftGroup group = replica.group();
    List<PeerId> voters = group.membership().voters();
    if (!mayAsk(voters)) {
      beIdleFor(UNUSED_TICKS);
      return;
    }
    if (!vouching.takeOffer()) {
      return;
    }
    epochs = new long[voters.size()];
    round = group.startedRound();
    stage = Stage.ASKING;
    sinceTick = vouching.tick();
    group.quiescing().holdBeats();
    for (PeerId voter : voters) {
      if (isAsked(voter)) {
        offer(voter);
      }
    }
    sleepIfAgreed();
  }

  /// Whoever lives must have everything; and those who live must be a quorum.
  private boolean mayAsk(List<PeerId> voters) {
    RaftGroup group = replica.group();
    long last = group.lastEntry().index();
    long nanos = replica.host().nanos();
    for (PeerId voter : voters) {
      StoreId store = replica.storeOf(voter);
      if (store == null) {
        return false;
      }
      boolean isMissing =
          group.quiescing().matchOf(voter) != last || vouching.heldEpoch(store, nanos) == 0;
      if (!isSelf(voter) && vouching.isUp(store) && isMissing) {
        return false;
      }
    }
    return Quorum.has(group.membership(), peer -> isSelf(peer) || isUp(peer));
  }

  private void offer(PeerId voter) {
    RaftGroup group = replica.group();
    StoreId store = Objects.requireNonNull(replica.storeOf(voter));
    long epoch = vouching.heldEpoch(store, replica.host().nanos());
    if (epoch > 0) {
      long last = group.lastEntry().index();
      send(store, voter, new QuiesceOffer(replica.peer(), group.term(), last, epoch, round));
    }
  }

  void onAnswer(QuiesceReply reply) {
    RaftGroup group = replica.group();
    int slot = slotOf(reply.from());
    boolean isCurrent =
        (stage == Stage.ASKING || stage == Stage.LEADING)
            && group.role() == RoleKind.LEADER
            && reply.term() == group.term()
            && reply.round() == round;
    if (!isCurrent || slot < 0) {
      return;
    }
    group.quiescing().onAnswer(reply.from());
    if (!reply.agreed()) {
      idleTicks = 0;
      wake();
      return;
    }
    epochs[slot] = Math.max(epochs[slot], reply.epoch());
    sleepIfAgreed();
  }

  private void sleepIfAgreed() {
    List<PeerId> voters = replica.group().membership().voters();
    for (int i = 0; i < voters.size(); i++) {
      if (isAsked(voters.get(i)) && epochs[i] == 0) {
        return;
      }
    }
    if (stage == Stage.ASKING && vouchedNanos(replica.host().nanos()) > 0) {
      stage = Stage.LEADING;
      fallAsleep(replica.host().store());
    }
  }

  /// For how long from `nanos` on a quorum's promises hold; 0: they do not.
  private long vouchedNanos(long nanos) {
    boolean isLeading = stage == Stage.LEADING || stage == Stage.ASKING;
    List<PeerId> voters = replica.group().membership().voters();
    if (!isLeading || epochs.length != voters.size()) {
      return 0;
    }
    return Math.max(0, Quorum.agreed(replica.group().membership(), peer -> nanosOf(peer, nanos)));
  }

  /// For how long from `nanos` on this leader may count on the peer's store.
  long nanosOf(PeerId peer, long nanos) {
    if (isSelf(peer)) {
      return Long.MAX_VALUE;
    }
    StoreId store = replica.storeOf(peer);
    int slot = slotOf(peer);
    return store == null || slot < 0 || epochs[slot] == 0
        ? 0
        : vouching.heldNanos(store, epochs[slot], nanos);
  }

  /// True on a sleeping leader that may read without asking anybody.
  boolean leaseHolds(long nanos) {
    return stage == Stage.LEADING && vouchedNanos(nanos) > 0;
  }

  /// A store is back: its follower is asked to agree once more, unless it has agreed already.
  ///
  /// @return true if that was work
  boolean askAgain(StoreId store) {
    if (stage != Stage.LEADING) {
      return false;
    }
    List<PeerId> voters = replica.group().membership().voters();
    for (int i = 0; i < voters.size(); i++) {
      PeerId voter = voters.get(i);
      if (!isSelf(voter) && store.equals(replica.storeOf(voter))) {
        long held = vouching.heldEpoch(store, replica.host().nanos());
        if (held == 0 || epochs[i] == held) {
          return false;
        }
        boolean lags =
            replica.group().quiescing().matchOf(voter) != replica.group().lastEntry().index();
        if (lags) {
          wakeBriefly();
        } else {
          offer(voter);
        }
        return true;
      }
    }
    return false;
  }

  // A follower ------------------------------------------------------------------------------------

  void onOffer(StoreId from, QuiesceOffer offer) {
    RaftGroup group = replica.group();
    boolean agreed =
        vouching.idleTicks(replica.id()) > 0
            && isUnused()
            && from.equals(replica.storeOf(offer.from()))
            && vouching.supports(from, offer.epoch())
            && group.quiescing().agree(offer);
    send(
        from,
        offer.from(),
        new QuiesceReply(replica.peer(), group.term(), offer.epoch(), offer.round(), agreed));
    if (agreed) {
      stage = Stage.FOLLOWING;
      fallAsleep(from);
    }
  }

  void onNudge(StoreId from, Nudge nudge) {
    RaftGroup group = replica.group();
    if (group.role() != RoleKind.LEADER || group.term() != nudge.term()) {
      send(from, nudge.from(), new NotLeading(replica.peer(), nudge.term()));
      return;
    }
    int slot = slotOf(nudge.from());
    boolean isUnknown = slot < 0 || epochs.length <= slot || epochs[slot] == 0;
    if (stage == Stage.LEADING && (nudge.wake() || isUnknown)) {
      wakeBriefly();
    }
  }

  void onNotLeading(NotLeading message) {
    RaftGroup group = replica.group();
    if (message.from().equals(group.quiescing().fortifiedLeader())
        && message.term() == group.quiescing().fortifiedTerm()) {
      group.quiescing().unfortify();
      if (stage == Stage.FOLLOWING) {
        wake();
      }
    }
  }

  /// Asks a sleeping follower's leader whether it leads; `wake`: somebody wants its place.
  void nudge(boolean wake) {
    PeerId leader = replica.group().quiescing().fortifiedLeader();
    StoreId store = leader == null ? null : replica.storeOf(leader);
    if (leader != null && store != null) {
      long term = replica.group().quiescing().fortifiedTerm();
      send(store, leader, new Nudge(replica.peer(), term, wake));
    }
  }

  /// The store's promise to the leader's may be over.
  ///
  /// @return true if it is, and the replica ticks again
  boolean wakeIfWithdrawn() {
    if (stage != Stage.FOLLOWING || isSupported()) {
      return false;
    }
    PeerId gone = replica.group().quiescing().fortifiedLeader();
    replica.group().quiescing().unfortify();
    wake();
    hasten(gone);
    return true;
  }

  private boolean isSupported() {
    PeerId leader = replica.group().quiescing().fortifiedLeader();
    StoreId store = leader == null ? null : replica.storeOf(leader);
    return store != null && vouching.supports(store, replica.group().quiescing().epoch());
  }

  /// One of the voters that are left campaigns soon, a little after the others' stores have noticed
  /// as well; they are different ones for different ranges. The others wait as ever.
  private void hasten(@Nullable PeerId gone) {
    List<PeerId> voters = replica.group().membership().voters();
    int start = (int) (replica.id().value() % Math.max(1, voters.size()));
    for (int i = 0; i < voters.size(); i++) {
      PeerId voter = voters.get((start + i) % voters.size());
      if (!voter.equals(gone)) {
        if (isSelf(voter)) {
          replica.group().quiescing().hasten(2);
        }
        return;
      }
    }
  }

  // Messages of the group -------------------------------------------------------------------------

  /// A message is about to reach the core, which counts time in ticks.
  void before(Message message) {
    if (isAsleep()) {
      creditTicks();
    }
    boolean isForVote =
        message instanceof Message.PreVoteRequest || message instanceof Message.VoteRequest;
    switch (stage) {
      case DORMANT -> wake();
      case FOLLOWING -> {
        if (!wakeIfWithdrawn() && isForVote && message.term() > replica.group().term()) {
          nudge(true);
        }
      }
      case LEADING, ASKING -> {
        boolean isLateAnswer =
            message instanceof Message.AppendReply || message instanceof Message.BeatReply;
        if (!isLateAnswer) {
          wakeBriefly();
        }
      }
      case AWAKE -> {}
    }
  }

  /// It has reached it.
  void after() {
    boolean leads = replica.group().role() == RoleKind.LEADER;
    if (stage == Stage.FOLLOWING) {
      wake();
    } else if ((stage == Stage.LEADING || stage == Stage.ASKING) && !leads) {
      wake();
    }
  }

  /// Wakes a leader that not enough stores support. True if it did.
  boolean wakeIfUnsupported(long nanos) {
    boolean isAlone = isAsleep() && vouchedNanos(nanos) == 0;
    if (isAlone) {
      wakeBriefly();
    }
    return isAlone;
  }

  // Waking ----------------------------------------------------------------------------------------

  /// Ticks again, if that breaks no promise: a follower's ends elsewhere.
  void wake() {
    switch (stage) {
      case AWAKE -> {}
      case ASKING -> giveUp();
      case LEADING -> {
        carryLeaseOver();
        awaken();
        replica.group().quiescing().resume();
        replica.touch();
      }
      case FOLLOWING -> {
        if (!replica.group().quiescing().isFortified()) {
          awaken();
        }
      }
      case DORMANT -> awaken();
    }
  }

  /// Ticks again, but not because somebody makes use of the range: then it sleeps again soon.
  private void wakeBriefly() {
    wake();
    beIdleFor(UNUSED_TICKS);
  }

  /// So many ticks more before it is tried (again) to sleep.
  private void beIdleFor(int moreTicks) {
    idleTicks = Math.max(0, vouching.idleTicks(replica.id()) - moreTicks);
  }

  private void giveUp() {
    if (stage == Stage.ASKING) {
      stage = Stage.AWAKE;
      epochs = NOBODY;
      replica.group().quiescing().resume();
      replica.touchIfReady();
    }
  }

  /// What the stores promised until now holds until the followers hear the first beat, and from
  /// then on they have promised anew: so the lease lasts as long as the shorter of the two.
  private void carryLeaseOver() {
    long nanos = replica.host().nanos();
    Leadership lead = replica.currentLeadership();
    if (lead != null && replica.host().clocksAgree(nanos)) {
      lead.lease().carryOver(nanos, vouchedNanos(nanos));
    }
  }

  private void awaken() {
    creditTicks();
    stage = Stage.AWAKE;
    idleTicks = 0;
    epochs = NOBODY;
    vouching.wake(replica);
  }

  /// Ticks that passed in sleep count for what the core promised before, one less for the tick that
  /// had begun. What it promises from now on is not touched.
  private void creditTicks() {
    replica.group().quiescing().skip(Math.max(0, vouching.tick() - sinceTick - 1));
    sinceTick = vouching.tick();
  }

  private void fallAsleep(StoreId leader) {
    sinceTick = vouching.tick();
    replica.trim();
    vouching.sleep(replica, leader);
  }

  /// The replica is at its end: its followers must not wait for it.
  void end() {
    if (stage == Stage.LEADING || stage == Stage.ASKING) {
      for (PeerId voter : replica.group().membership().voters()) {
        StoreId store = replica.storeOf(voter);
        if (!isSelf(voter) && store != null) {
          send(store, voter, new NotLeading(replica.peer(), replica.group().term()));
        }
      }
    }
    stage = Stage.AWAKE;
    epochs = NOBODY;
  }

  private boolean isSelf(PeerId peer) {
    return peer.equals(replica.peer());
  }

  private boolean isUp(PeerId peer) {
    return replica.storeOf(peer) instanceof StoreId store && vouching.isUp(store);
  }

  private boolean isAsked(PeerId peer) {
    return !isSelf(peer) && isUp(peer);
  }

  private int slotOf(PeerId peer) {
    return replica.group().membership().voters().indexOf(peer);
  }

  private void send(StoreId to, PeerId peer, Message message) {
    RangeId range = replica.id();
    replica.host().send(to, new RangeMessage(range, peer, null, message));
  }
}
