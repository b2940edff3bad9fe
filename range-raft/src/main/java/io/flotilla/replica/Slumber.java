package io.flotilla.replica;

import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.ReplicaDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.raft.Message.NotLeading;
import io.flotilla.raft.Message.Nudge;
import io.flotilla.raft.Message.QuiesceOffer;
import io.flotilla.raft.Message.QuiesceReply;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RoleKind;
import io.flotilla.spi.PeerNetwork.RangeMessage;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The part of a replica that deals with not ticking. Why it is safe is told in docs/leases.md.
public final class Slumber {
  /*
   * A leader with nothing to do asks every follower whose store is up. When all of them have
   * agreed and the stores of a quorum support its own, it sleeps; from then on its lease is what
   * those stores promised, at the epochs at which the followers agreed. Anything that needs the
   * group wakes it, and it alone: a beat or an entry of a woken leader wakes its followers.
   *
   * A follower sleeps from when it agrees until the leader's next beat, or until its own store has
   * withdrawn its support of the leader's, or until the leader says that it does not lead, or not
   * this follower, whose place in the range was taken away meanwhile.
   *
   * After a start a replica is dormant: it has agreed to nothing, and waits a little for somebody
   * to make use of it before it ticks.
   */

  private static final int ANSWER_TICKS_MAX = 4; // Then a leader asks anew.
  private static final int UNUSED_TICKS = 4;
  private static final int WANTED_TICKS = 2;

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
  private long agreedEpoch;
  private @Nullable Backing backing;

  Slumber(RangeReplica replica, Vouching vouching) {
    this.replica = replica;
    this.vouching = vouching;
  }

  /// True: it does not tick.
  public boolean isAsleep() {
    return stage == Stage.LEADING || stage == Stage.FOLLOWING || stage == Stage.DORMANT;
  }

  /// True if it sleeps because nobody has made use of it since the store started.
  public boolean isDormant() {
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
    boolean isLate = stage == Stage.ASKING && vouching.tick() - sinceTick > answerTicks();
    if (replica.group().role() != RoleKind.LEADER) {
      idleTicks = 0;
      stage = Stage.AWAKE;
      backing = null;
    } else if (isLate || vouching.idleTicks(replica.id()) == 0 || !isIdle()) {
      giveUp();
      beIdleFor(isLate ? UNUSED_TICKS : Integer.MAX_VALUE);
    } else if (stage == Stage.ASKING) {
      sleepIfAgreed();
    } else if (++idleTicks >= patience()) {
      ask();
    }
  }

  private int answerTicks() {
    return Math.min(ANSWER_TICKS_MAX, replica.host().options().raft().unheardTicks());
  }

  /// After an election that nobody has made use of there is nothing to wait for: where tens of
  /// thousands elect, whoever sleeps at once makes room for the next.
  private int patience() {
    Leadership lead = replica.currentLeadership();
    boolean isUsed = lead == null || lead.isUsed();
    return isUsed ? vouching.idleTicks(replica.id()) : 1;
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
    if (!Backing.isInReach(replica, vouching)) {
      beIdleFor(UNUSED_TICKS);
      return;
    }
    if (!vouching.takeOffer()) {
      return;
    }
    backing = Backing.NOBODY;
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

  private void offer(PeerId voter) {
    RaftGroup group = replica.group();
    StoreId store = Objects.requireNonNull(replica.storeOf(voter));
    long epoch = vouching.heldEpoch(store);
    if (epoch > 0) {
      long last = group.lastEntry().index();
      long round = group.startedRound();
      send(store, voter, new QuiesceOffer(replica.peer(), group.term(), last, epoch, round));
    }
  }

  void onAnswer(QuiesceReply reply) {
    RaftGroup group = replica.group();
    Backing asked = backing;
    StoreId store = replica.storeOf(reply.from());
    boolean isCurrent =
        group.role() == RoleKind.LEADER
            && reply.term() == group.term()
            && reply.round() == group.startedRound()
            && group.membership().voters().contains(reply.from());
    if (!isCurrent || asked == null || store == null) {
      return;
    }
    group.quiescing().onAnswer(reply.from());
    if (!reply.agreed()) {
      idleTicks = 0;
      wake();
      return;
    }
    backing = vouching.shared(asked.with(store, reply.epoch()));
    sleepIfAgreed();
  }

  private void sleepIfAgreed() {
    Backing asked = backing;
    if (asked == null || stage != Stage.ASKING) {
      return;
    }
    for (PeerId voter : replica.group().membership().voters()) {
      if (isAsked(voter) && epochOf(asked, voter) == 0) {
        return;
      }
    }
    if (vouchedNanos(replica.host().nanos()) > 0) {
      stage = Stage.LEADING;
      fallAsleep(replica.host().store());
    }
  }

  private long epochOf(Backing asked, PeerId voter) {
    StoreId store = replica.storeOf(voter);
    return store == null ? 0 : asked.epochOf(store);
  }

  /// For how long from `nanos` on a quorum's promises hold; 0: they do not.
  private long vouchedNanos(long nanos) {
    return backing == null ? 0 : backing.vouchedNanos(replica, vouching, nanos);
  }

  /// For how long from `nanos` on this leader may count on the peer's store.
  long nanosOf(PeerId peer, long nanos) {
    return backing == null ? 0 : backing.nanosOf(replica, vouching, peer, nanos);
  }

  /// True on a sleeping leader that may read without asking anybody.
  boolean leaseHolds(long nanos) {
    return stage == Stage.LEADING && vouchedNanos(nanos) > 0;
  }

  /// A store is back: its follower is asked to agree once more, unless it has agreed already.
  ///
  /// @return true if that was work
  public boolean askAgain(StoreId store) {
    Backing asked = backing;
    ReplicaDescriptor follower = stage == Stage.LEADING ? followerOn(store) : null;
    if (asked == null || follower == null) {
      return false;
    }
    PeerId voter = follower.peer();
    long held = vouching.heldEpoch(store);
    if (held == 0 || asked.epochOf(store) == held) {
      return false;
    }
    RaftGroup group = replica.group();
    if (group.quiescing().matchOf(voter) == group.lastEntry().index()) {
      offer(voter);
    } else {
      wakeBriefly();
    }
    return true;
  }

  /// The other voter on `store`, null: there is none.
  private @Nullable ReplicaDescriptor followerOn(StoreId store) {
    boolean isElsewhere = !store.equals(replica.host().store());
    return isElsewhere ? replica.descriptor().replicaOn(store).orElse(null) : null;
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
      agreedEpoch = offer.epoch();
      fallAsleep(from);
    }
  }

  void onNudge(StoreId from, Nudge nudge) {
    RaftGroup group = replica.group();
    boolean leads = group.role() == RoleKind.LEADER && group.term() == nudge.term();
    if (!leads || isRemoved(nudge.from())) {
      send(from, nudge.from(), new NotLeading(replica.peer(), nudge.term()));
      return;
    }
    boolean isUnknown = backing == null || epochOf(backing, nudge.from()) == 0;
    if (stage == Stage.LEADING && (nudge.wake() || isUnknown)) {
      wakeBriefly();
    }
  }

  /// It slept through the change that took its place away, and nobody tells it of its group any
  /// more. No quorum needs it from then on, so it may forget what it promised this leader.
  private boolean isRemoved(PeerId follower) {
    return replica.descriptor().replica(follower).isEmpty();
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

  /// This store has withdrawn its support of `gone`, whose followers are woken.
  ///
  /// @return true if this one is among them, and ticks again
  public boolean wakeIfWithdrawn(StoreId gone) {
    boolean sleepsOn = stage != Stage.FOLLOWING || vouching.supports(gone, agreedEpoch);
    return !sleepsOn && wakeIfWithdrawn();
  }

  /// Likewise, if it is for this replica to take the place of the leader; then it campaigns with
  /// the next tick.
  public boolean succeed(StoreId gone) {
    RangeDescriptor range = replica.descriptorOrNull();
    StoreId here = replica.host().store();
    boolean isHeir = range == null || Succession.isHeir(range, here, gone, vouching::isUp);
    boolean woke = isHeir && wakeIfWithdrawn(gone);
    if (woke) {
      replica.hasten(1);
    }
    return woke;
  }

  private boolean wakeIfWithdrawn() {
    if (stage != Stage.FOLLOWING || isSupported()) {
      return false;
    }
    replica.group().quiescing().unfortify();
    wake();
    return true;
  }

  private boolean isSupported() {
    PeerId leader = replica.group().quiescing().fortifiedLeader();
    StoreId store = leader == null ? null : replica.storeOf(leader);
    return store != null && vouching.supports(store, replica.group().quiescing().epoch());
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

  /// Wakes a leader that not enough stores support at `nanos`. True if it did.
  public boolean wakeIfUnsupported(long nanos) {
    boolean isAlone = stage == Stage.LEADING && vouchedNanos(nanos) == 0;
    if (isAlone) {
      wakeBriefly();
    }
    return isAlone;
  }

  // Waking ----------------------------------------------------------------------------------------

  /// A request has come, so the range is wanted: if it may have no leader, it should have one soon.
  void onRequest() {
    if (stage == Stage.DORMANT || wakeIfWithdrawn()) {
      wake();
      replica.hasten(WANTED_TICKS);
    }
  }

  /// Ticks again, if that breaks no promise: a follower's ends elsewhere.
  public void wake() {
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
      backing = null;
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
    backing = null;
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
        if (!voter.equals(replica.peer()) && store != null) {
          send(store, voter, new NotLeading(replica.peer(), replica.group().term()));
        }
      }
    }
    stage = Stage.AWAKE;
    backing = null;
  }

  /// True if the store can take the leadership. A leader that slept knows it of stores alone: how
  /// its followers were doing is from before.
  boolean mayLead(StoreId store) {
    return vouching.idleTicks(replica.id()) == 0 || vouching.mayLead(store);
  }

  private boolean isAsked(PeerId peer) {
    return Backing.isAsked(replica, vouching, peer);
  }

  private void send(StoreId to, PeerId peer, Message message) {
    RangeId range = replica.id();
    replica.host().send(to, new RangeMessage(range, peer, null, message));
  }
}
