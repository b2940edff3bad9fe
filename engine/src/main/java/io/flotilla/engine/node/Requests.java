package io.flotilla.engine.node;

import io.flotilla.codec.CodecException;
import io.flotilla.engine.mvcc.KvCall;
import io.flotilla.engine.mvcc.KvReplyCodec;
import io.flotilla.engine.mvcc.KvRequest;
import io.flotilla.engine.mvcc.KvRequestCodec;
import io.flotilla.keyspace.RangeDescriptor;
import io.flotilla.keyspace.StoreId;
import io.flotilla.placement.PlacementCodec;
import io.flotilla.placement.PlacementReply;
import io.flotilla.placement.PlacementRequest;
import io.flotilla.replica.Refusal;
import io.flotilla.store.Store;
import io.flotilla.transport.request.RequestContext;
import io.flotilla.transport.request.RequestService;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/// Takes requests off the wire and serves them from this node's store. Runs on the connection's
/// loop, which is the store's own wherever it can be, so that a request crosses no thread.
final class Requests implements RequestService {
  /// So many bytes of requests for ranges may wait for their answer; more are refused.
  private static final long BYTES_MAX = Runtime.getRuntime().maxMemory() / 4;

  /// What a request takes of the heap beside its body.
  private static final int OVERHEAD_BYTES = 256;

  private static final long RETRY_MILLIS = 20;

  private final Store store;
  private final Runnable reportNow;
  private final BiConsumer<RequestContext, ByteBuffer> hereIAm;
  private final Supplier<Map<StoreId, String>> addresses;
  private final AtomicLong bytes = new AtomicLong();

  /// @param reportNow callable from any thread
  /// @param hereIAm answers [Services#HERE_I_AM]; callable from any thread
  /// @param addresses of the stores, as far as they are known
  Requests(
      Store store,
      Runnable reportNow,
      BiConsumer<RequestContext, ByteBuffer> hereIAm,
      Supplier<Map<StoreId, String>> addresses) {
    this.store = store;
    this.reportNow = reportNow;
    this.hereIAm = hereIAm;
    this.addresses = addresses;
  }

  @Override
  public void onRequest(RequestContext context, byte service, ByteBuffer body) {
    try {
      switch (service) {
        case Services.KV -> serveKv(context, body.remaining(), KvRequestCodec.decode(body));
        case Services.PLACEMENT -> servePlacement(context, body);
        case Services.REPORT_NOW -> {
          reportNow.run();
          context.respond(new byte[0]);
        }
        case Services.LOOK -> look(context);
        case Services.LOCATE -> locate(context, PlacementCodec.decodeRequest(body));
        case Services.HERE_I_AM -> hereIAm.accept(context, body);
        default -> context.refuse("service " + service + " is not known here; is this node older?");
      }
    } catch (CodecException garbled) {
      context.refuse("the request does not parse: " + garbled.getMessage());
    }
  }

  private void look(RequestContext context) {
    store.listPeers(peers ->
        store.listSleepers(sleepers -> context.respond(StoreLook.of(peers, sleepers).encode())));
  }

  /// Whoever asks has given up soon, and asks others meanwhile.
  private void locate(RequestContext context, PlacementRequest request) {
    if (request instanceof PlacementRequest.LookupRange(var key)) {
      store.locate(
          key,
          found -> {
            boolean isLate = context.remainingNanos() <= 0;
            PlacementReply reply = isLate ? Whereabouts.NONE : Whereabouts.reply(found, addresses);
            context.respond(PlacementCodec.encode(reply));
          });
    } else {
      context.refuse("a store knows no more of the fleet than its own ranges");
    }
  }

  private void serveKv(RequestContext context, int bodyBytes, KvRequest request) {
    long cost = (long) OVERHEAD_BYTES + bodyBytes;
    KvCall call =
        new KvCall(
            request,
            reply -> {
              bytes.addAndGet(-cost);
              context.respond(KvReplyCodec.encode(reply));
            },
            () -> context.remainingNanos() <= 0);
    if (bytes.addAndGet(cost) > BYTES_MAX) {
      call.refuse(new Refusal.Busy("bytes of requests without an answer", RETRY_MILLIS));
    } else {
      store.serve(request.target().range(), call);
    }
  }

  private void servePlacement(RequestContext context, ByteBuffer body) {
    store.serve(
        RangeDescriptor.PLACEMENT,
        new LocalPlacementCall(
            PlacementCodec.decodeRequest(body),
            answer -> context.respond(PlacementAnswer.encode(withAddresses(answer))),
            () -> context.remainingNanos() <= 0));
  }

  private PlacementAnswer withAddresses(PlacementAnswer answer) {
    return answer instanceof PlacementAnswer.Refused(var refusal, _)
        ? new PlacementAnswer.Refused(refusal, addresses.get())
        : answer;
  }
}
