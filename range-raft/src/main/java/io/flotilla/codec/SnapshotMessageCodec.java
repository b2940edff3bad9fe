package io.flotilla.codec;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.codec.proto.SnapshotCreditPb;
import io.flotilla.codec.proto.SnapshotDonePb;
import io.flotilla.codec.proto.SnapshotOfferPb;
import io.flotilla.codec.proto.SnapshotRefusedPb;
import io.flotilla.codec.proto.SnapshotWantPb;
import io.flotilla.keyspace.PeerId;
import io.flotilla.spi.PeerNetwork.SnapshotMessage;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Credit;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Done;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Offer;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Piece;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Refused;
import io.flotilla.spi.PeerNetwork.SnapshotMessage.Want;
import io.flotilla.spi.SnapshotStorage.SnapshotId;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.function.Function;

/// The steps of a snapshot transfer: a version byte, a kind byte, and a Protocol Buffers message;
/// but a piece of data is laid out by hand, so that its bytes are copied once.
public final class SnapshotMessageCodec {
  private static final int VERSION = 1;
  private static final int OFFER = 1;
  private static final int WANT = 2;
  private static final int PIECE = 3;
  private static final int CREDIT = 4;
  private static final int DONE = 5;
  private static final int REFUSED = 6;
  private static final int PIECE_HEAD_BYTES = 2 + 2 * Long.BYTES;

  private SnapshotMessageCodec() {}

  public static byte[] encode(SnapshotMessage message) {
    return switch (message) {
      case Offer offer -> tagged(OFFER, toPb(offer));
      case Want want -> tagged(WANT, toPb(want));
      case Piece piece -> encodePiece(piece);
      case Credit credit -> tagged(CREDIT, toPb(credit));
      case Done done ->
          tagged(DONE, SnapshotDonePb.newBuilder().setId(ManifestCodec.toPb(done.id())).build());
      case Refused refused -> tagged(REFUSED, toPb(refused));
    };
  }

  public static SnapshotMessage decode(byte[] bytes) {
    return decode(ByteBuffer.wrap(bytes));
  }

  /// Takes everything up to the buffer's limit.
  public static SnapshotMessage decode(ByteBuffer bytes) {
    ByteReader reader = new ByteReader(bytes, "snapshot message");
    int version = reader.u8();
    if (version != VERSION) {
      throw reader.bad("unknown version " + version);
    }
    int kind = reader.u8();
    return switch (kind) {
      case OFFER -> decode("offer", bytes, SnapshotOfferPb.parser(), SnapshotMessageCodec::of);
      case WANT -> decode("want", bytes, SnapshotWantPb.parser(), SnapshotMessageCodec::of);
      case PIECE -> decodePiece(reader);
      case CREDIT -> decode("credit", bytes, SnapshotCreditPb.parser(), SnapshotMessageCodec::of);
      case DONE ->
          decode(
              "done", bytes, SnapshotDonePb.parser(), pb -> new Done(ManifestCodec.of(pb.getId())));
      case REFUSED ->
          decode("refused", bytes, SnapshotRefusedPb.parser(), SnapshotMessageCodec::of);
      default -> throw reader.bad("unknown kind " + kind);
    };
  }

  private static <P> SnapshotMessage decode(
      String step, ByteBuffer bytes, Parser<P> parser, Function<P, SnapshotMessage> conversion) {
    return Pb.decode("snapshot " + step, bytes, parser, conversion);
  }

  private static byte[] tagged(int kind, MessageLite pb) {
    byte[] body = pb.toByteArray();
    byte[] bytes = new byte[body.length + 2];
    new ByteWriter(ByteBuffer.wrap(bytes)).u8(VERSION).u8(kind).bytes(body);
    return bytes;
  }

  private static byte[] encodePiece(Piece piece) {
    int size = PIECE_HEAD_BYTES + ByteWriter.varintBytes(piece.chunk()) + piece.data().length;
    byte[] bytes = new byte[size];
    new ByteWriter(ByteBuffer.wrap(bytes))
        .u8(VERSION)
        .u8(PIECE)
        .fixed64(piece.id().high())
        .fixed64(piece.id().low())
        .varint(piece.chunk())
        .bytes(piece.data());
    return bytes;
  }

  private static Piece decodePiece(ByteReader reader) {
    SnapshotId id = new SnapshotId(reader.fixed64(), reader.fixed64());
    long chunk = reader.varint();
    if (chunk > Integer.MAX_VALUE) {
      throw reader.bad("chunk number " + chunk + " out of bounds");
    }
    if (reader.remaining() > ManifestCodec.CHUNK_BYTES_MAX) {
      throw reader.bad("piece of " + reader.remaining() + " bytes");
    }
    return new Piece(id, (int) chunk, reader.bytes(reader.remaining()));
  }

  private static SnapshotOfferPb toPb(Offer offer) {
    return SnapshotOfferPb.newBuilder()
        .setManifest(ManifestCodec.toPb(offer.manifest()))
        .setTerm(offer.term())
        .setFrom(offer.from().value())
        .setTo(offer.to().value())
        .build();
  }

  private static Offer of(SnapshotOfferPb pb) {
    return new Offer(
        ManifestCodec.of(pb.getManifest()),
        notNegative(pb.getTerm()),
        new PeerId(pb.getFrom()),
        new PeerId(pb.getTo()));
  }

  private static SnapshotWantPb toPb(Want want) {
    return SnapshotWantPb.newBuilder()
        .setId(ManifestCodec.toPb(want.id()))
        .setMissing(UnsafeByteOperations.unsafeWrap(want.missing().toByteArray()))
        .setCreditBytes(want.creditBytes())
        .build();
  }

  private static Want of(SnapshotWantPb pb) {
    BitSet missing = BitSet.valueOf(pb.getMissing().asReadOnlyByteBuffer());
    return new Want(ManifestCodec.of(pb.getId()), missing, notNegative(pb.getCreditBytes()));
  }

  private static SnapshotCreditPb toPb(Credit credit) {
    return SnapshotCreditPb.newBuilder()
        .setId(ManifestCodec.toPb(credit.id()))
        .setBytes(credit.bytes())
        .build();
  }

  private static Credit of(SnapshotCreditPb pb) {
    return new Credit(ManifestCodec.of(pb.getId()), notNegative(pb.getBytes()));
  }

  private static SnapshotRefusedPb toPb(Refused refused) {
    return SnapshotRefusedPb.newBuilder()
        .setId(ManifestCodec.toPb(refused.id()))
        .setReason(refused.reason())
        .setRetryLater(refused.retryLater())
        .build();
  }

  private static Refused of(SnapshotRefusedPb pb) {
    return new Refused(ManifestCodec.of(pb.getId()), pb.getReason(), pb.getRetryLater());
  }

  private static long notNegative(long value) {
    if (value < 0) {
      throw new CodecException("snapshot message: number out of bounds");
    }
    return value;
  }
}
