package vn.loive.state

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import vn.loive.Hit
import vn.loive.Home
import vn.loive.ItemPage
import vn.loive.Lang
import vn.loive.LanguageView
import vn.loive.LibraryLine
import vn.loive.LibraryQuery
import vn.loive.LibraryStanding
import vn.loive.Phone
import vn.loive.QuizOutcome
import vn.loive.Taken
import vn.loive.Tri

/** What the screens of the library show. Prints nothing of what somebody reads. */
data class LibraryShown(
    /** Which release it is, and how old. */
    val standing: LibraryStanding? = null,
    /** Warnings, ways in, and what the person marked. */
    val home: Home? = null,
    val list: List<LibraryLine> = emptyList(),
    val page: ItemPage? = null,
    /** What the last search found, the best first. */
    val hits: List<Hit> = emptyList(),
    /** The result of a quiz. The answers are kept nowhere. */
    val quiz: QuizOutcome? = null,
    /** Languages, and how much there is to hear in each. */
    val languages: List<LanguageView> = emptyList(),
    /** What became of the last file. */
    val taken: Taken? = null,
    val error: Sentence? = null,
) {
    /** What the person marked, the latest first. */
    val favourites: List<LibraryLine>
        get() = home?.favourites.orEmpty()

    override fun toString(): String = "LibraryShown(…)"
}

/** What there is to read. Reading leaves no trace on the phone. */
class LibraryState
internal constructor(
    private val phone: Phone,
    private val lang: Lang,
    private val scope: CoroutineScope,
) {
    private val state = MutableStateFlow(LibraryShown())
    private val turn = Mutex()
    private var province: String? = null

    val shown: StateFlow<LibraryShown> = state.asStateFlow()

    private val code: String
        get() = lang.name.lowercase()

    /** Reads the first screen, with the warnings for a province (two digits). */
    fun home(province: String? = null): Job = begin {
        this.province = province
        read()
    }

    /** What there is of a kind, a topic, an audience. */
    fun look(query: LibraryQuery): Job = begin {
        val list = phone.libraryList(query, code)
        state.update { it.copy(list = list) }
    }

    /** Opens an item. */
    fun open(id: String): Job = begin {
        val page = phone.libraryItem(id, code)
        state.update { it.copy(page = page) }
    }

    /** Searches, letter by letter if one likes: what was typed last is shown last. */
    fun search(text: String): Job = begin {
        val hits = phone.librarySearch(text, code)
        state.update { it.copy(hits = hits) }
    }

    /** Judges the answers to a quiz, by question. */
    fun judge(
        quiz: String,
        answers: Map<String, Tri>,
        possibleMinor: Boolean = false,
        abroad: Boolean = false,
    ): Job = begin {
        val outcome = phone.judgeQuiz(quiz, answers, possibleMinor, abroad, code)
        state.update { it.copy(quiz = outcome) }
    }

    /** Marks an item, or takes the mark away. */
    fun mark(id: String, isFavourite: Boolean): Job = begin {
        phone.setFavourite(id, isFavourite)
        read()
    }

    /** The languages of the library. */
    fun languages(): Job = begin { readLanguages() }

    /** Wants to hear a language from now on, or does not any more. */
    fun listen(language: String, isWanted: Boolean): Job = begin {
        phone.setListening(language, isWanted)
        readLanguages()
    }

    /** The sound of a block; null, with the reason, if it is not on this phone. */
    suspend fun sound(item: String, block: String, language: String): ByteArray? =
        attempt(::tell) { phone.recording(item, block, language) }

    /** Takes the library out of the app's own release, or a file of another phone. */
    fun take(file: ByteArray): Job = begin {
        state.update { it.copy(taken = null) }
        val taken = phone.takeLibraryFile(file)
        state.update { it.copy(taken = taken) }
        read()
    }

    /** The library as a file for another phone; null, with the reason, if there is none. */
    suspend fun file(): ByteArray? = attempt(::tell) { phone.libraryFile() }

    /** Forgets what is shown, as well as what was marked. */
    internal suspend fun forget() =
        turn.withLock {
            state.value = LibraryShown()
            attempt(::tell) { read() }
        }

    private fun tell(error: Sentence) = state.update { it.copy(error = error) }

    private fun begin(work: suspend () -> Unit): Job =
        scope.launch(start = CoroutineStart.UNDISPATCHED) {
            turn.withLock {
                state.update { it.copy(error = null) }
                attempt(::tell) { work() }
            }
        }

    private suspend fun readLanguages() {
        val languages = phone.languages(code)
        state.update { it.copy(languages = languages) }
    }

    private suspend fun read() {
        val standing = phone.library()
        val home = phone.libraryHome(code, province)
        state.update { it.copy(standing = standing, home = home) }
    }
}
