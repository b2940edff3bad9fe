/// Requests and responses: opaque bytes, pipelined over one connection for each address, many in
/// one frame.
///
/// May use the frames and the loops. Words defined here: *service* (a number that says who serves a
/// request), *in flight* (submitted and not yet answered).
@NullMarked
package io.flotilla.transport.request;

import org.jspecify.annotations.NullMarked;
