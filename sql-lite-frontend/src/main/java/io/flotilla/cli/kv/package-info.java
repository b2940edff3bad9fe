/// `flotilla kv …`: single keys and scans.
///
/// One class for each command: its options, its call, how the answer is printed.
@NullMarked
package io.flotilla.cli.kv;

import org.jspecify.annotations.NullMarked;
