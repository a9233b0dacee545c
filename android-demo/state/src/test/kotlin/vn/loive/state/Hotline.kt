package vn.loive.state

import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long

private const val END_MAX_SECONDS = 60L

/** A real hotline, relay and desk, in a process of its own (`tests/stories`). */
class Hotline : AutoCloseable {
    private val folder: Path = Files.createTempDirectory("loive-hotline")
    private val process: Process =
        ProcessBuilder(required("LOIVE_STORY_HOTLINE"))
            .apply { environment()["TMPDIR"] = folder.toString() }
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
    private val input = process.outputWriter()
    private val output = process.inputReader()
    private val greeting = next()

    val card: String = greeting.text("card")
    val relayUrl: String = greeting.text("relay_url")

    fun link(up: Boolean) = ask("link", "up" to up)

    fun count(): Int = ask("count").getValue("count").jsonPrimitive.int

    fun waitCount(count: Int) = ask("wait_count", "count" to count)

    fun now(): Long = ask("now").getValue("now").jsonPrimitive.long

    /** What the desk has of a report; nothing is marked. */
    fun find(report: String) = AtTheDesk(ask("find", "report" to report))

    /** The same, and a counsellor has now read it. */
    fun look(report: String) = AtTheDesk(ask("look", "report" to report))

    fun reply(report: String, text: String) = ask("reply", "report" to report, "text" to text)

    fun quarantine(): List<JsonObject> =
        ask("quarantine").getValue("rows").jsonArray.map { it.jsonObject }

    fun restoreRelay(): String = ask("restore_relay").text("log")

    fun log(): String = ask("log").text("log")

    fun backupPhone(folder: Path) = ask("backup_phone", "dir" to folder.toString())

    fun setBackPhone(folder: Path) = ask("set_back_phone", "dir" to folder.toString())

    /** A release of the library, as an app ships it. */
    fun publishLibrary(file: Path, edit: Map<String, String>? = null): ByteArray {
        val content = "content" to ROOT.resolve("content")
        val told = listOf(content, "file" to file) + listOfNotNull(edit?.let { "edit" to it })
        ask("publish_library", *told.toTypedArray<Pair<String, Any>>())
        return Files.readAllBytes(file)
    }

    /** One command; fails if the hotline does not understand it. */
    @Synchronized
    fun ask(command: String, vararg details: Pair<String, Any>): JsonObject {
        val line = mapOf("do" to JsonPrimitive(command)) + details.associate { (name, value) ->
            name to primitive(value)
        }
        input.write(JsonObject(line).toString() + "\n")
        input.flush()
        val answer = next()
        check("error" !in answer) { "$command: $answer" }
        return answer
    }

    /** It ends by itself when nothing more is asked, and leaves nothing behind. */
    override fun close() {
        input.close()
        if (!process.waitFor(END_MAX_SECONDS, TimeUnit.SECONDS)) process.destroyForcibly()
        val left = folder.toFile().list().orEmpty()
        folder.toFile().deleteRecursively()
        check(process.waitFor() == 0) { "the hotline ended with ${process.exitValue()}" }
        check(left.isEmpty()) { "the hotline left ${left.toList()}" }
    }

    private fun next(): JsonObject {
        val line = output.readLine() ?: error("the hotline has ended")
        return Json.parseToJsonElement(line).jsonObject
    }

    private fun primitive(value: Any): JsonElement =
        when (value) {
            is Boolean -> JsonPrimitive(value)
            is Number -> JsonPrimitive(value)
            is Map<*, *> ->
                JsonObject(value.entries.associate { (key, text) -> "$key" to primitive("$text") })
            else -> JsonPrimitive(value.toString())
        }
}

/** What `find` and `look` answered. */
class AtTheDesk(private val told: JsonObject) {
    val isFound: Boolean = told.getValue("found").jsonPrimitive.boolean
    val urgency: String by lazy { told.text("urgency") }
    val state: String by lazy { told.text("state") }
    val withdrawn: Boolean by lazy { told.getValue("withdrawn").jsonPrimitive.boolean }
    val writtenAt: Long by lazy { told.getValue("written_at").jsonPrimitive.long }
    val receivedAt: Long by lazy { told.getValue("received_at").jsonPrimitive.long }
    val answers: JsonObject by lazy { told.getValue("answers").jsonObject }
    val conflicts: JsonObject by lazy { told.getValue("conflicts").jsonObject }
    val lines: List<String> by lazy {
        told.getValue("lines").jsonArray.map { it.jsonPrimitive.content }
    }
}

internal fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

internal fun JsonObject.textOrNull(name: String): String? =
    get(name)?.takeUnless { it is JsonNull }?.jsonPrimitive?.content

/** What `cargo xtask test` hands over. */
internal fun required(variable: String): String =
    System.getenv(variable) ?: error("$variable is not set; run cargo xtask test --only kotlin")
