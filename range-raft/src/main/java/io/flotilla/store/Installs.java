package io.flotilla.store;

import io.flotilla.codec.InstallNote;
import io.flotilla.codec.ManifestCodec;
import io.flotilla.keyspace.Invariant;
import io.flotilla.keyspace.PeerId;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.RangeId;
import io.flotilla.keyspace.StoreId;
import io.flotilla.raft.Message;
import io.flotilla.raft.Ready;
import io.flotilla.raft.RoleKind;
import io.flotilla.raft.membership.Membership;
import io.flotilla.replica.RangeReplica;
import io.flotilla.spi.LogStorage.GroupWrite;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.SnapshotStorage.SnapshotManifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a loop does with snapshots: which offers it takes, and how a complete one takes the place
/// of a replica's log and state.
final class Installs {
  /*
   * Installing, in this order:
   *
   * 1. The spans of before and after are claimed. If another replica here has a part of them (a
   *    range that has not applied its split yet), the sender is told to try again later, with a
   *    newer snapshot.
   * 2. When nothing of the range is with the applier, the core is given the snapshot; it may
   *    ignore it.
   * 3. The state is flushed. Two things depend on that. The log that goes in the next step may be
   *    all that explains a split, and with it the right half, which lives on. And an ingested
   *    snapshot is durable at once: without the flush a crash could bring this range back beside a
   *    left half that has yet to replay the very split this range came from.
   * 4. Log write: a note that names the snapshot, the log's new starting point, the hard state.
   *    From here on a restart finishes the install.
   * 5. The snapshot is installed.
   * 6. Log write: the note is cleared. Only now the core hears that its Ready is durable, and the
   *    messages that promise the snapshot's entry leave.
   */
  private final StoreCore core;
  private final StoreLoop loop;
  private final Map<RangeId, Staged> staged = new LinkedHashMap<>();

  /// A complete snapshot that waits for its moment.
  private static final class Staged {
    final StoreId from;
    final Offer offer;
    boolean asking;
    boolean reserved;

    Staged(StoreId from, Offer offer) {
      this.from = from;
      this.offer = offer;
    }

    SnapshotManifest manifest() {
      return offer.manifest();
    }
  }

  Installs(StoreCore core, StoreLoop loop) {
    this.core = core;
    this.loop = loop;
  }

  // Sending -------------------------------------------------------------------------------------

  void send(RangeReplica replica, Ready.SnapshotWanted wanted) {
    StoreId to = replica.storeOf(wanted.follower());
    if (to == null) {
      loop.post(() -> loop.guard(replica, () -> replica.snapshots().onSent(wanted.follower(), 0)));
      return;
    }
    core.desk().send(new SnapshotOrder(loop, replica, wanted, to, replica.term()));
  }

  void onRole(RangeReplica replica, Ready.RoleChange change) {
    if (change.role() != RoleKind.LEADER) {
      replica.snapshots().releaseAll();
      core.desk().cancelSends(replica.id());
    }
  }

  // Offers --------------------------------------------------------------------------------------

  /// Whether a snapshot that was offered is wanted; the desk hears.
  void admit(StoreId from, Offer offer) {
    SnapshotManifest manifest = offer.manifest();
    RangeDescriptor descriptor = manifest.descriptor();
    RangeId range = descriptor.id();
    RangeReplica replica = loop.replicas().get(range);
    SnapshotDesk desk = core.desk();
    if (!loop.isRunning() || loop.arrivals().isBuried(range, offer.to())) {
      desk.refuse(from, offer.id(), "the replica is gone", false);
    } else if (descriptor.replica(offer.to()).isEmpty()) {
      desk.refuse(from, offer.id(), "the range was cut without a place for this replica", false);
    } else if (loop.arrivals().isRemoving(range)) {
      desk.refuse(from, offer.id(), "an older replica is being removed", true);
    } else if (replica == null) {
      loop.arrivals()
          .askToCreate(range, offer.to(), descriptor.span(), made -> admitNew(from, offer, made));
    } else if (!replica.peer().equals(offer.to())) {
      boolean older = replica.peer().compareTo(offer.to()) < 0;
      if (older) {
        loop.arrivals().retire(replica);
      }
      desk.refuse(from, offer.id(), "another replica of the range is here", older);
    } else if (replica.isEnded()) {
      desk.refuse(from, offer.id(), "the replica is broken", false);
    } else if (replica.applied().index() >= manifest.applied().index()) {
      desk.done(from, offer.id());
    } else {
      admitIfFree(from, offer);
    }
  }

  private void admitNew(StoreId from, Offer offer, boolean made) {
    if (made) {
      core.desk().accept(from, offer);
    } else {
      core.desk().refuse(from, offer.id(), "another range has that span here", true);
    }
  }

  private void admitIfFree(StoreId from, Offer offer) {
    RangeDescriptor descriptor = offer.manifest().descriptor();
    core.withClaims(
        claims -> admitNew(from, offer, claims.isFree(descriptor.id(), descriptor.span())));
  }

  // Installing ----------------------------------------------------------------------------------

  /// All chunks are here.
  void onStaged(StoreId from, Offer offer) {
    RangeId range = offer.manifest().descriptor().id();
    Staged old = staged.get(range);
    if (old != null && old.offer.id().equals(offer.id())) {
      return;
    }
    if (loop.arrivals().isRemoving(range)) {
      refuseWhileClearing(from, offer);
      return;
    }
    RangeReplica replica = loop.replicas().get(range);
    if (replica != null && replica.isInstalling()) {
      core.desk().refuse(from, offer.id(), "another snapshot is being installed", true);
      return;
    }
    if (old != null) {
      core.desk().discard(old.from, old.offer.id(), "a newer snapshot came");
    }
    staged.put(range, new Staged(from, offer));
    proceed(staged.get(range));
  }

  /// The range's data is about to be cleared, and with that what it claims is given back: who sent
  /// what waits here will come again.
  void giveUp(RangeId range) {
    Staged one = staged.remove(range);
    if (one != null) {
      refuseWhileClearing(one.from, one.offer);
    }
  }

  private void refuseWhileClearing(StoreId from, Offer offer) {
    core.desk().refuse(from, offer.id(), "the range's data is being cleared away", true);
  }

  void onTick() {
    if (!staged.isEmpty()) {
      new ArrayList<>(staged.values()).forEach(this::proceed);
    }
  }

  private void proceed(Staged one) {
    SnapshotManifest manifest = one.manifest();
    RangeDescriptor descriptor = manifest.descriptor();
    RangeReplica replica = loop.replicas().get(descriptor.id());
    if (replica != null && replica.isInstalling()) {
      return; // even one that broke meanwhile: the log names the files
    }
    if (replica == null || replica.isEnded() || !replica.peer().equals(one.offer.to())) {
      staged.remove(descriptor.id());
      giveBackClaim(descriptor.id(), replica);
      core.desk().discard(one.from, one.offer.id(), "the replica is gone");
    } else if (one.asking) {
      return;
    } else if (replica.applied().index() >= manifest.applied().index()) {
      giveBack(replica);
      core.desk().done(one.from, one.offer.id());
    } else if (!one.reserved) {
      reserve(one);
    } else if (replica.snapshots().isStill()) {
      loop.guard(replica, () -> feed(one, replica));
    }
  }

  private void reserve(Staged one) {
    RangeDescriptor descriptor = one.manifest().descriptor();
    one.asking = true;
    core.withClaims(claims -> {
      boolean reserved = claims.reserve(descriptor.id(), descriptor.span());
      loop.post(() -> {
        one.asking = false;
        one.reserved = reserved;
        if (staged.get(descriptor.id()) != one) {
          giveBackClaim(descriptor.id(), loop.replicas().get(descriptor.id()));
        } else if (reserved) {
          proceed(one);
        } else {
          staged.remove(descriptor.id());
          giveBackClaim(descriptor.id(), loop.replicas().get(descriptor.id()));
          core.desk().refuse(one.from, one.offer.id(), "another range has that span here", true);
        }
      });
    });
  }

  private void feed(Staged one, RangeReplica replica) {
    SnapshotManifest manifest = one.manifest();
    Offer offer = one.offer;
    Membership membership = Membership.of(manifest.descriptor());
    replica
        .snapshots()
        .receiveStaged(
            one.from,
            new Message.Snapshot(offer.from(), offer.term(), manifest.applied(), membership));
    replica.collect(core.env().clock().nanos());
    if (replica.isInstalling()) {
      return;
    }
    giveBack(replica);
    if (replica.committed() >= manifest.applied().index()) {
      core.desk().done(one.from, offer.id());
    } else {
      core.desk().refuse(one.from, offer.id(), "the offer is of an old term", true);
    }
  }

  /// Nothing is installed; also what one that it replaced had reserved goes.
  private void giveBack(RangeReplica replica) {
    staged.remove(replica.id());
    giveBackClaim(replica.id(), replica);
  }

  private void giveBackClaim(RangeId range, @Nullable RangeReplica replica) {
    RangeDescriptor has = replica == null ? null : replica.descriptorOrNull();
    if (loop.arrivals().isRemoving(range) || staged.containsKey(range)) {
      return; // the removal releases the claim when the data is cleared; a newer snapshot needs it
    }
    core.withClaims(claims -> {
      if (has == null) {
        claims.unreserve(range);
      } else {
        claims.set(has);
      }
    });
  }

  /// The core takes the snapshot.
  void begin(RangeReplica replica, long readyNumber, GroupWrite firstStep, Ready.Install install) {
    Staged one = staged.get(replica.id());
    if (one == null) {
      throw new IllegalStateException("range " + replica.id() + ": no snapshot is staged");
    }
    Invariant.check(one.reserved, "a snapshot is installed where its span is reserved");
    SnapshotManifest manifest = one.manifest();
    Invariant.check(
        manifest.applied().equals(install.last()), "the snapshot is the one that was staged");
    byte[] note = ManifestCodec.encodeNote(new InstallNote(manifest, install.last()));
    PeerId peer = replica.peer();
    GroupWrite write =
        new GroupWrite(
            replica.id(), peer, firstStep.hardState(), List.of(), install.last(), note, null);
    core.bulk(() -> {
      core.env().state().flush();
      loop.post(() -> {
        if (loop.isRunning()) {
          loop.handOut().write(write, () -> core.bulk(() -> install(one, replica, readyNumber)));
        }
      });
    });
  }

  /// On the bulk loop.
  private void install(Staged one, RangeReplica replica, long readyNumber) {
    List<RangeDescriptor> clear = new ArrayList<>();
    RangeDescriptor before = replica.descriptorOrNull();
    if (before != null) {
      clear.add(before);
    }
    clear.add(one.manifest().descriptor());
    core.env().snapshots().install(one.manifest(), clear);
    loop.post(() -> {
      if (loop.isRunning()) {
        byte[] noNote = new byte[0];
        loop.handOut()
            .write(
                new GroupWrite(replica.id(), null, null, List.of(), null, noNote, null),
                () -> finish(one, replica, readyNumber));
      }
    });
  }

  private void finish(Staged one, RangeReplica replica, long readyNumber) {
    SnapshotManifest manifest = one.manifest();
    RangeDescriptor descriptor = manifest.descriptor();
    staged.remove(replica.id());
    core.applier().know(descriptor);
    core.withClaims(claims -> claims.set(descriptor));
    core.env()
        .events()
        .emit(
            new StoreEvent.SnapshotInstalled(
                loop.store(), replica.id(), manifest.applied(), manifest.bytes()));
    loop.guard(
        replica,
        () ->
            replica
                .snapshots()
                .onInstalled(descriptor, manifest.applied(), readyNumber, core.env().machines()));
    core.desk().done(one.from, one.offer.id());
  }
}
