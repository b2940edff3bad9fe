/// `flotilla kv …`: single keys and scans.
@NullMarked
package io.flotilla.cli.kv;

import org.jspecify.annotations.NullMarked;
