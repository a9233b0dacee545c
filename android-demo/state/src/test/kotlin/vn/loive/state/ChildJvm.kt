package vn.loive.state

import java.nio.file.Path
import java.util.concurrent.TimeUnit

private const val END_MAX_MINUTES = 5L

/** Where this program has its library from; the alternative is the class path. */
internal val LIBRARY = "-Djna.library.path=${System.getProperty("jna.library.path")}"

/** Another program with these bindings: the class path of this one, another main. */
class ChildJvm(
    main: String,
    arguments: List<String>,
    options: List<String> = listOf(LIBRARY),
) : AutoCloseable {
    private val process: Process =
        ProcessBuilder(
                listOf(JAVA, "-cp", CLASS_PATH) +
                    options +
                    "vn.loive.state.$main" +
                    arguments,
            )
            .redirectErrorStream(true)
            .start()
    private val output = process.inputReader()

    /** The next line of what it prints, errors included; null at its end. */
    fun line(): String? = output.readLine()

    /** All that it still prints; fails unless it ends well. */
    fun rest(): String {
        val text = output.readText()
        check(process.waitFor(END_MAX_MINUTES, TimeUnit.MINUTES)) { "it does not end: $text" }
        check(process.exitValue() == 0) { text }
        return text
    }

    /** SIGKILL. */
    fun kill() {
        process.destroyForcibly().waitFor()
    }

    override fun close() = kill()

    private companion object {
        val JAVA: String = Path.of(System.getProperty("java.home"), "bin", "java").toString()
        val CLASS_PATH: String =
            System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
    }
}
