//! The words by which newsrooms' furniture is known, as patterns over one block's text.
//!
//! What is here is common to many outlets; a phrase of one outlet belongs into the user's rules file.

use super::pattern::patterns;

/// Agencies and libraries that pictures are credited to.
macro_rules! agencies {
    () => {
        r"(?: AP(?:\sPhotos?)? | AFP(?:\sPhotos?)? | Reuters | REUTERS | Getty(?:\sImages)? | GETTY(?:\sIMAGES)? | EPA(?:-EFE)? | EFE | DPA | PA(?:\s(?:Wire|Media|Images))? | Press\sAssociation
            | Associated\sPress | Bloomberg | Xinhua | Yonhap | Kyodo | TASS | ANSA | Anadolu(?:\sAgency)? | Zuma(?:\sPress)? | NurPhoto | Shutterstock
            | iStock | Alamy | Unsplash | Pexels | Pixabay | Flickr | Wikimedia(?:\sCommons)? | Rex | AAP | ANI | PTI | Canadian\sPress | Handout | File )"
    };
}

// Verbose and case-insensitive. `(?-i: …)` minds the case, `\x20` is a space.
patterns! { "(?xi)";
    /// Nothing but addresses.
    URLS = r"^ (?: (?: https?:// | www\. ) \S+ \s* )+ $";

    COMMENTS = r"^ (?:
          (?: comments | commenting | discussion ) \s (?: (?: are | is | have\sbeen | has\sbeen ) \s (?: now \s )? )? (?: closed | disabled | turned\soff | off ) \b .{0,60}
        | (?: leave | post | add | write | submit ) \s (?: a | your ) \s (?: comment | reply | response ) s? \b .{0,80}
        | (?: view | show | see | read | load | hide ) \s (?: all \s | more \s | the \s )* (?: \d+ \s )? comments .{0,20}
        | (?: no | \d+ ) \s (?: comments? | replies | responses ) (?: \s yet )? .? | comments? (?: \s \( \d+ \) )? :?
        | join \s the \s (?: conversation | discussion ) .{0,60}
        | (?: have \s your \s say | what \s do \s you \s think \? ) .{0,80}
        | (?: please \s )? (?: log \s in | sign \s in | register ) \s to \s (?: post | leave | comment | reply | join ) .{0,60}
        | your \s email \s address \s will \s not \s be \s published .*
        ) $";

    RIGHTS = r"(?: \b all \s rights \s reserved \b
        | ^ (?: © | \(c\) | copyright \b ) .{0,40} (?: 19 | 20 ) \d\d \b
        | ^ (?: copyright \s )? (?: © | \(c\) ) \s* (?: 19 | 20 ) \d\d \b
        | \b may \s not \s be \s (?: published | reproduced | rewritten | redistributed | copied | reprinted ) \b
        | \b (?: reproduction | republication | unauthori[sz]ed \s use ) \b .{0,60} \b (?: prohibited | forbidden | permission )
        | ^ (?: terms \s (?: of | and ) \s | privacy \s policy | cookie \s policy | powered \s by | proudly \s powered ) .{0,60} $
        | \b this \s site \s (?: is \s protected \s by | uses \s cookies ) \b )";

    ADVERTISEMENT = r"^ [\[(—–\-\s]* (?: advertisements? | advertising | advertorial | sponsored (?: \s (?: content | by .{0,40} | post ) )? | promoted (?: \s (?: content | stories ) )? | paid \s content
        | (?: story | article | content | post | report | text ) \s continues \s (?: below | after ) .{0,40}
        | (?: continue \s reading | scroll \s down | keep \s scrolling ) \s? .{0,40} (?: below | advert\w* | continue | story ) | skip \s (?: ad | advertisement ) s? .{0,20}
        | (?: scroll \s to \s continue .{0,40} ) ) [\])—–\-\s.]* $";

    TAGS = r"^ (?: tags? | topics? | filed \s under | categor (?: y | ies ) | posted \s in | labels? | in \s this \s (?: story | article ) ) \s* :";

    SHARE = r"^ (?: share \s (?: this | on | via | to | the ) \b .{0,60} | share : .{0,80} | share | tweet | print | email | e-mail | copy \s link | bookmark | save | back \s to \s top | top
        | print \s this .{0,30} | (?: e-?mail | tweet | pin | recommend ) \s this .{0,30} | (?: share | facebook | twitter | whatsapp | linkedin | email | e-mail | pinterest | telegram | reddit | print | copy \s link | x | [|,/·•\s] ){2,} ) [.!:]? $";

    FOLLOW = r"^ (?: (?: you \s can \s )? (?: follow | like | find | join ) \s (?-i: us | our | me | \p{Lu}[\w\x20]+ | @\w+ | the\s.{1,30} ) .{0,60} (?: \b (?: twitter | facebook | instagram | linkedin | telegram | whatsapp | tiktok | youtube | mastodon | bluesky | threads | social \s media ) \b | @\w+ | \b on \s X \b ) .{0,80}
        | follow \s us .{0,60} | (?: twitter | instagram | facebook | e-?mail ) \s* : \s* \S+ .{0,40} | @ [a-z0-9_]{2,30} )  $";

    /// Asks for an address, a subscription or a gift; begins like an order.
    SUBSCRIBE_OPENING = r"^ [▶►→>»*\s]* (?: (?: please | to | click \s here \s to | don[’']t \s (?: miss | forget ) .{0,40}? | want .{0,60} \? ) \s* )? (?: subscribe | sign \s? - ? up | signup | join | register | become | support | donate | download | get | receive | stay | log \s in | sign \s in | start | try | enter \s your | never \s miss | already \s a | you \s have \s .{1,12} \s (?: free | remaining ) | enjoy(?:ing | ed)? \s (?: this | reading | our ) | like \s (?: this | what ) | help \s us | consider | be \s the \s first | our \s (?: free \s )? (?: daily | weekly | newsletter ) | this \s (?: story | article | content ) \s is \s (?: only | for | available ) | unlock | buy | for \s (?: the \s latest | more \s news | all \s the \s latest ) | sent \s (?: straight | directly ) | delivered | the \s latest )";
    SUBSCRIBE_MATTER = r"\b (?: newsletters? | inbox | subscribers? | subscribe | subscription | e?-?mail \s (?: alerts? | updates? ) | breaking \s news \s (?: alerts? | updates ) | notifications? | (?: mobile | news | our | the ) \s apps? | app \s (?: store | for ) | google \s play | free \s trial | unlimited \s access | digital \s access | memberships? | members \s only | become \s a \s (?: member | patron | supporter | friend ) | sign \s? - ? up | our \s journalism | independent \s journalism | quality \s journalism | free \s articles | whatsapp \s (?: channel | group ) | telegram \s channel | patreon | mailing \s list | rss ) \b";

    CONTACT = r"(?: ^ (?: (?: do \s you \s )? (?: have | got ) \s (?: a | any | an ) \s (?: story | tip | news | question | comment | correction | information | opinion | idea ) s? \b .{0,160}
        | (?: contact | e-?mail | write \s to | reach | message | call ) \s (?: us | the \s (?: author | writer | editor | reporter | newsroom ) | (?-i: \p{Lu}\p{L}+ (?: \s \p{Lu}\p{L}+ )? ) \s at ) \b .{0,120}
        | (?: send | submit | e-?mail ) \s (?: us | your | in | story | news | tips | letters | an? \s e-?mail ) \b .{0,120} (?: @ | form | to \s us | tips ) .{0,60}
        | (?: to \s contact | to \s reach | to \s submit ) \b .{0,140} ) $ )";

    /// The words before a headline that lies elsewhere: `Read more:`. Group 1 is what is pointed to.
    POINTER = r"^ [▶►→>»•*|\-–—\s\[(]* (?:
          (?: (?: read | see | watch | listen | learn | find \s out | discover | view ) \s (?: also | more | next | now | the \s full | our | further | on | it )? | also \s (?: read | see | watch | on | in | from ) | must \s (?: read | see | watch ) | (?: further | suggested | recommended | background ) \s (?: reading | viewing | stories | articles | for \s you )
            | more \s (?: on \s this | from | on | about | stories | news | in | like \s this | to \s read | coverage ) | related (?: \s (?: stories | story | articles? | content | news | posts? | topics? | links? | coverage | reading | items ) )? | see \s (?: also | more ) | you \s (?: may | might ) \s also \s (?: like | be \s interested \s in | enjoy ) | recommended | editor[’']?s?[’']? \s (?: picks? | choice )
            | in \s (?: pictures | photos | video ) | video | gallery | photo \s gallery | podcast | listen | watch | live | live \s (?: updates | blog ) | explainer | explained | in \s depth | don[’']t \s miss | up \s next | next (?: \s up )? | previous (?: \s (?: article | story ) )? | trending | (?: most | top | latest | popular | other ) \s (?: read | viewed | popular | stories | news | headlines | posts | articles ) | interactive | fact \s check | quiz | links? | keep \s reading )
            (?: \s (?: about | on | from | in | by | here | below | now | this | for | at ) \b [^:.!?\n]{0,40} )?? \s* [:|»>]+ [\])]? \s* ( (?s: .* ) )
        | (?: read | learn | see ) \s (?: more | also | next | the \s full \s (?: story | article | report ) (?: \s here )? ) (?: \s (?: here | at | on | about | in | from ) \b .{0,100} )? [.!…\s»>]* ()
        | (?: related | recommended | further | other | more | latest | top | trending | popular | most \s (?: read | viewed | popular ) ) \s (?: stories | articles? | posts? | news | content | coverage | topics | links | reading | headlines ) (?: \s (?: for \s you | from \s .{1,40} | on \s .{1,40} | in \s .{1,30} ) )? [:.…]? ()
        | (?: most \s (?: read | viewed | popular ) | also \s read | read \s also | see \s also | must \s read | up \s next | trending (?: \s now )? | editor[’']?s?[’']? \s (?: picks? | choice ) | you \s (?: may | might ) \s also \s (?: like | be \s interested \s in | enjoy ) | more \s (?: on \s this \s (?: story | topic ) | from \s .{1,40} | like \s this ) | recommended (?: \s for \s you )? | don[’']t \s miss | what \s to \s read \s next | more ) [:.…\s»>]* ()
        ) $";

    /// A pointer to several things; what follows it may be a run of headlines.
    PLURAL_POINTER = r"\b (?: stories | articles | posts | news | links | headlines | reading | recommended | related | trending | most | top | picks | also \s (?: like | enjoy | be ) | more \s (?: from | on | like ) )";

    CLICK = r"^ [▶►→>»*\s(\[]* (?: (?: please \s )? (?: click | tap | press ) \s (?: here | on | below | the | through | to ) \b .{0,140}
        | (?: for | to ) \s (?: more | further | additional | full ) \s (?: \w+ \s ){0,4} (?: , \s )? (?: please \s )? (?: visit | go \s to | see | click | contact | call | log | check | information ) \b .{0,160}
        | (?: for \s (?: more | further ) .{1,60} | to \s (?: learn | read | find \s out | see | view | watch | hear ) \s .{1,80} ) [,:]? \s (?: please \s )? (?: visit | click | go \s to | head \s to | subscribe | check \s out | contact ) \b .{0,120}
        | (?: visit | check \s out | head \s to ) \s (?: our | us | the \s (?: website | site ) | www | https? ) .{0,120}
        | (?: watch | listen \s to | see | view | read ) \s the \s (?: full \s )? (?: video | interview | episode | podcast | clip | gallery | report | article | story | original | thread ) \b .{0,60} (?: here | below | above | now | on \s .{1,30} )
        | (?: this | the ) \s (?: full \s )? (?: article | story | report | video | interview ) \s (?: can \s be | is ) \s (?: found | read | available | seen | heard ) \s (?: here | at | on ) .{0,80}
        ) [.!)\]]? $";

    /// A byline: `By Jane Doe, Staff Writer`.
    BY = r"^ (?: (?: written | reported | story | words | text | report | analysis | interview | compiled | edited | posted | published | review | opinion | commentary | column | submitted | contributed ) \s (?: and \s \w+ \s )? by : | (?: (?: written | reported | story | words | text | report | analysis | interview | compiled | edited | posted | published | review | opinion | commentary | column | submitted | contributed ) \s (?: and \s \w+ \s )? )? by | authors? \s* : | reporters? \s* : | from \s our ) \s+
        (?: (?-i: (?: [\p{Lu}\d@] [\p{L}\d’'.\-]* | de | del | da | la | van | von | der | bin | al | el | and | with | for | of | in | & ) [,|/;:–—\-]? (?: \s+ | $ ) )+ | (?: staff | our | a | an | the ) \s (?: \w+ \s ){0,3} (?: reporters? | correspondents? | writers? | staff | team | desk | bureau ) .{0,40} )
        (?: [|,–—\-] .{0,60} )? (?: (?: staff | senior | special | chief ) \s .{0,40} )? (?: (?: updated | published | posted ) .{0,60} )? $";

    /// `Jane Doe, Reuters`, `Jane Doe | The Daily Paper`, `Jane Doe in Paris`.
    NAME_AND_PLACE_OF_WORK = r"^ (?-i: \p{Lu}[\p{L}’'.\-]+ (?: \s (?: \p{Lu}[\p{L}’'.\-]* | de | van | von | bin | al | da ) ){1,3} (?: \s (?: and | & ) \s \p{Lu}[\p{L}’'.\-]+ (?: \s \p{Lu}[\p{L}’'.\-]* ){1,3} )? )
        (?: \s* [,|/–—] \s* (?: (?-i: Reuters | AFP | AP | Associated\sPress | Bloomberg | Xinhua | CNN | BBC (?: \s \w+ )? | ABC | DPA | EFE | TASS | ANI | PTI | IPS | UPI ) | (?: staff | senior | special | political | business | sports? | national | foreign | chief | guest | contributing | freelance | associate | deputy | managing ) \s (?: \w+ \s )? (?: writer | reporter | correspondent | editor | columnist | contributor | producer ) | (?: staff | reporter | correspondent | contributor | columnist | editor ) | (?-i: (?: The \s )? (?: \p{Lu}\p{L}+ \s ){0,3} (?: Times | Post | News | Herald | Tribune | Journal | Guardian | Gazette | Star | Chronicle | Press | Observer | Standard | Telegraph | Agency | Nation | Today | Online | Daily | Mail | Globe | Sun ) ) ) | \s in \s (?-i: \p{Lu}\p{L}+ (?: [\s-]\p{Lu}\p{L}+ )? (?: , \s \p{Lu}\p{L}+ )? )  $ ) .{0,30} $";

    EMAIL = r"[\w.+\-]+ @ [\w\-]+ (?: \. [\w\-]+ )+";

    /// Words of a line that only says when. What is left after taking them away must be nothing.
    DATE_WORDS = r"\b (?: published | posted | updated | last | modified | first | created | date | issued | released | filed | on | at | by | of | and | the | ago | min (?: ute )? s? | hours? | hrs? | secs? | days? | weeks? | months? | read (?: ing )? | time | (?: mon | tues | wednes | thurs | fri | satur | sun ) day | mon | tues? | wed | thu (?: rs? )? | fri | sat | sun | january | february | march | april | may | june | july | august | september | october | november | december | jan | feb | mar | apr | jun | jul | aug | sept? | oct | nov | dec | a\.?m | p\.?m | [ecmp][sd]?t | gmt | utc | ist | bst | cet | aest | sgt | hkt | wib | noon | midnight | today | yesterday | local | st | nd | rd | th | z ) \b | \d+ (?: st | nd | rd | th | h | m | am | pm )? | [\s.,:;|/()\[\]·•–—+\-T]";

    CONTRIBUTORS = r"^ [—–\-(\[*\s]* (?: (?: additional | with (?: \s additional )? | extra | further ) \s (?: reporting | files | research | writing | input | inputs | contributions | material ) \s? (?: by | from )? \b .* | with \s (?: files | inputs? | reporting ) \b .* | (?: reporting | writing | editing | compiled | translated | translation | edited | reported | produced | research | graphic s? | adapted | written ) \s (?: and \s \w+ \s )? (?: by | from ) : ? \s (?-i: [\p{Lu}\d] ) .*
        | (?-i: \p{Lu} ) [^.!?]{3,140} \s contributed \s (?: to \s (?: this | the ) \s (?: report | story | article | piece ) | reporting | additional .{0,20} | from \s .{1,40} ) .{0,60} | \( (?: reporting | writing ) \s by .* \) ) $";

    NOTE = r"(?: ^ [*\[(†\s]* (?: editor[’']?s?[’']? \s note | editors? : | ed\. : | author[’']?s?[’']? \s note | publisher[’']?s? \s note | note (?: \s to \s (?: readers | editors ) )? : | corrections? (?: \s (?: and | \( ) .{0,40} )? : | clarification : | update : | updates? \s (?-i: \d ) .{0,30} : | disclaimer | disclosure | full \s disclosure | keywords \s* : | trigger \s warning | content \s warning | warning : | p\.?s\.? \s* : | sources? \s* : \s | this \s (?: is \s an? \s (?: edited | abridged | opinion | developing | breaking | sponsored | updated ) | story \s is \s developing ) )
        | \b this \s (?: story | article | piece | report | post | column | essay | interview | content | version | item | page ) \s (?: has \s (?: since \s )? (?: also \s )? been | was | is | were | had \s been | will \s be ) \s (?: (?: first | originally | previously | last | also | being | produced | since ) \s )* (?: corrected | updated | amended | translated | edited | published | republished | adapted | changed | modified | produced | written | reproduced | revised | condensed | supported | funded | part \s of | reprinted | automatically | auto-generated | posted | provided )
        | \b an \s earlier \s version \s of \s this | ^ (?: originally | first ) \s published | ^ republished \b | \b (?: views? | opinions? ) \s (?: and \s opinions? \s )? expressed \b .{0,80} \b (?: author | writer | own | not | those | reflect ) | \b do (?: es )? \s not \s (?: necessarily \s )? (?: reflect | represent ) \b .{0,60} \b (?: views? | opinions? | positions? | polic )
        | ^ if \s you \s (?: or \s (?: someone | anyone | somebody ) | (?: are | have \s been ) \s (?: affected | having | struggling | in \s crisis ) ) .{0,240} $ | \b names? \s (?: has | have ) \s been \s changed \b | ^ names? \s .{0,20} changed | ^ (?: for \s help \s or \s support | in \s an \s emergency ) )";

    /// The author's own place in life, in the note under an opinion piece.
    AUTHOR = r"^ [*(\[—–\-\s]* (?: about \s the \s authors? | (?: the \s )? (?: author s? | writer s? | columnist | reporter ) \s (?: is | are | was | has | have | does | holds | teaches | works | can \s be | would | declares? | wishes ) \b .* | (?: (?-i: (?: Dr | Prof (?: essor )? | Mr | Mrs | Ms | Sir )\.? \s )? (?-i: \p{Lu} [\p{L}’'.\-]+ (?: \s \p{Lu} [\p{L}’'.\-]* ){1,3} ) (?: , \s [^,]{2,40} , )? \s (?: is | was ) \s (?: an? | the | currently | now | professor | senior | associate | assistant | co-? ) \b .{0,60} \b (?: professor | lecturer | reporter | writer | columnist | journalist | correspondent | contributor | fellow | researcher | editor | author | intern | freelance (?: r )? | scholar | economist | analyst | student | commentator | producer | blogger | researcher ) \b .* ) ) $";

    ITEM = r"^ (?: [•◦▪‣·●○■□✓✔➤➢*►▶–—\-−] \s+ \S | [•◦▪‣●■✓✔➤➢] \S | \(? \d{1,3} [.)] \s+ \S | \( [a-z] \) \s | (?-i:[a-z]) \) \s | \( [ivx]{1,4} \) \s )";
    NUMBERED = r"^ \(? ( \d{1,3} ) [.)] \s";
    SECTION_NUMBER = r"^ \d{1,2} (?: \. \d{1,2} )* \.? \s+ (?-i:\p{Lu}) ";

    /// What a text with a `CREDIT` has in it at least. Few texts do, and this is looked for thirty times as fast.
    CREDIT_SIGN = r"(?-i: [/©)\]] | P(?: hoto | HOTO | ic | ICTURE ) | I(?: mage | MAGE | llustration ) | Video | Audio | Credit | CREDIT
        | Graphic | Artwork | C(?: ourtesy | OURTESY | C | reative ) | Getty | Shutterstock | Wikimedia | iStock | F(?: ile | ILE ) | Handout )";
    /// A credit that stands at the end of a caption, or alone.
    CREDIT = concat!(
        r"(?: [(\[] \s* [^()\[\]]{0,70} \b (?: photos? | photographs? | image | picture | pic | getty | handout | courtesy | illustration | screengrab | screenshot | supplied ) \b [^()\[\]]{0,90} [)\]]
        | [(\[] [^()\[\]]{1,80} (?-i: \s via \s \p{Lu} ) [^()\[\]]{1,40} [)\]]
        | [(\[] [^()\[\]/]{0,70} \b (?-i:", agencies!(), r") (?: \s* / \s* [^()\[\]]{1,70} | \s (?-i: file | FILE | archive ) ) [)\]]
        | [(\[] (?-i: \p{Lu}) [^()\[\]/]{1,70} / \s* (?-i:", agencies!(), r") [^()\[\]]{0,40} [)\]]
        | [(\[] (?-i: \p{Lu}\p{Ll}+ (?: \s \p{Lu}[\p{L}.’'\-]* ){1,3} / [A-Z\p{Lu}] ) [^()\[\]]{1,60} [)\]]
        | (?: ^ | [\s.!?…”’|] ) (?-i: Photos? | Photographs? | PHOTOS? | Photography | Images? | IMAGE | Pictures? | PICTURE | Pic | Video | Audio | Credits? | CREDIT | Illustration | Graphic | Artwork ) (?: \s (?: credits? | source | copyright ) )? \s* (?: : | ; | \s by \b | \s courtesy (?:\sof)? \b | \s source \b ) \s* [^.!?:]{2,90} (?: \s \d{4} )?
        | (?: ^ | [\s.!?…”’|] ) (?-i: Image | Photo | Picture | Photograph ) \s (?: source | credit | copyright ) , \s .{2,60}
        | (?: ^ | [\s.!?…”’|(] ) (?-i: Courtesy | COURTESY ) (?: \s (?: of | photo ) | : ) \s [^.!?]{2,60}
        | (?: ^ | [.!?…”’|] \s | \s [|–—\-] \s ) (?-i:", agencies!(), r") \s* / \s* (?-i: \p{Lu} ) [^.!?/]{2,60}
        | (?: ^ | [.!?…”’|] \s ) (?-i: \p{Lu} ) [^.!?/,]{2,60} / [^.!?/,]{2,60} (?-i: \s via \s \p{Lu} ) [^.!?/,]{1,30}
        | (?: ^ | [.!?…”’|] \s ) (?-i: \p{Lu} ) [^.!?/,]{2,60} / \s* (?-i:", agencies!(), r") (?: \s [^.!?\s]{2,20} ){0,2}
        | (?: ^ | [.!?…”’|/] \s* | \s via \s ) (?-i: Getty\sImages | AP\sPhoto | Shutterstock | Wikimedia\sCommons | iStock | File\s[Pp]hoto | FILE\sPHOTO | Handout )
        | [(\[] \s* (?: copyright | © ) [^()\[\]]{2,80} [)\]]
        | ^ © \s? [^\d.!?]{2,60} | [.!?…”’] \s* © \s? [^.!?]{2,60}
        | (?: ^ | [.!?…”’] \s ) \(? (?-i: CC | Creative\sCommons ) [\s-] [^.!?]{2,40}
        ) \s* \.? \s* $");

    CAPTION_OPENING = r"^ [▲▼◄►↑\[(]* \s* (?:
          file (?: \s (?: photo | picture | image | pic ) )? \s* [-–—:(] | file \s (?: photo | picture | image | pic ) \b
        | (?: an? \s )? (?: undated | handout | file | archive | aerial | satellite | combination ) \s (?: photo | photograph | picture | image | pic | handout | view | shot ) \b | (?: archive | stock ) \s (?: photo | image ) \b
        | (?: pictured | seen | shown ) \s* (?: here | above | below | (?: from \s )? left | right | in \s this )? \s* [,:(] | pictured \s (?: here | above | below | left | right | at | in | with )
        | (?: photos? | image | picture | caption | photograph | map | chart | graphic | screenshot | screengrab | illustration ) \s* [:|] \s* \S | (?: image | photo | picture ) \s caption \s* [,:]
        | (?: in \s )? this (?: [\s,] (?: \w+ | \w+ \s \d{1,2} ) ,? (?: \s \d{4} ,? )? ){0,5}? \s (?: photo | photograph | image | picture | handout | screenshot | screengrab | illustration | video \s grab | frame \s grab | combination )s? \b .{0,60} \b (?: released | provided | taken | shows? | from | shot | made | obtained | distributed | supplied | posted | purportedly )
        | (?: figure | fig\.? | table | listing | exhibit | extract | chart | plate | photo | box ) \s \d+ [a-z]? \b (?: [.:)] | \s )
        | artist[’']?s? \s (?: impression | rendering | illustration | concept | view ) | (?: an? \s )? (?: screenshot | screengrab | close-up | portrait \s shot | still | general \s view | view | rendering | render | bird[’']s-eye \s view ) \s (?: of | from | shows | showing ) \b
        | (?: left | right | above | below | top | bottom | clockwise | l-r | from \s left | from \s right ) (?: \s to \s right | \s from \s (?: top \s )? (?: left | right ) )? \s* (?: [:)] | , \s (?-i: \p{Lu} ) ) | from \s left \b | clockwise \s from )";

    /// Where in the picture: `(left)`, `, right,`.
    CAPTION_POINTER = r"(?: \( (?: left | right | cent(?:er|re) | top | bottom | back | front | above | below | file | pictured | foreground | (?: second | third | far | top | bottom | back | front ) [\s-] \w+ | l | from \s file ) (?: , [^)]{0,30} )? \) | , \s (?: (?: second | third | far ) \s (?: from \s )? )? (?: left | right | cent(?:er|re) | from \s (?: left | right | file ) ) \s* (?: , | ; | \. $ | $ ) | ; \s from \s file \b | \b from \s file , \s \d{4} )";
    /// What only pictures do: `is seen at`, `pose for a photo`.
    CAPTION_VERB = r"(?: \b (?: is | are ) \s (?: seen | pictured | shown ) \s (?: in | at | on | here | during | after | from | with | near | above | through ) \b | \b (?: look | looks ) \s on \s (?: as | during | at | while | after ) \b | \b (?: pose | poses | posing ) \s (?: for \s (?: a \s )? (?: photo | picture | the \s camera | photograph | group | selfie ) | with | at | in \s front ) | \b pictured \s (?: in | at | on | here | with | during ) \b | \b (?: undated | file ) \s (?: photo | picture | photograph | image | handout ) | \b (?: seen | shown ) \s here \b )";

    /// What a picture shows, told as by one who describes it.
    DEPICTS = r"\b (?: looks? | looking | stands? | standing | sits? | sitting | walks? | walking | holds? | holding | wears? | wearing | watch (?: es )? | watching | poses? | posing | smiles? | smiling | speaks? | speaking | shakes? | shaking | gestures? | waves? | waving | carr (?: y | ies ) | carrying | march (?: es )? | marching | rides? | riding | lies? | lying | points? | pointing | gathers? | gathered | hangs? | hanging | fl (?: y | ies ) | flying | drives? | driving | runs? | running | raises? | raising | hugs? | kneels? | lines? | lined | surrounded | seated | dressed | covered | parked | is \s seen | are \s seen | is \s shown | are \s shown | displayed | overlook (?: s | ing ) | shows | showing | foreground | background | crowd (?: s | ed )? )\b";
    /// How a description begins: something new, not named before.
    UNNAMED = r"^ (?: an? | two | three | four | five | six | seven | eight | nine | ten | several | some | people | men | women | children | soldiers | protesters | rows? | piles? | stacks? | crowds? | hands? | close-?up | aerial | view | the \s (?: exterior | inside | outside | facade | silhouette | skyline | interior | front ) ) \b";
    PLAIN_DESCRIPTION = r"\b (?: at \s the \s camera | in \s the \s (?: foreground | background ) | close-up | close \s up | aerial \s (?: view | shot | photo ) | wearing \s (?: an? | the | \w+ ) \s | black[\s-]and[\s-]white \s (?: photo | picture | image ) | (?: photo | photograph | picture | image | illustration | drawing | painting ) \s of \s an? ) \b";

    /// Words that tie a sentence to the story around it.
    TELLS = r"\b (?: said | says | told | tells | according \s to | announced | reported | claimed | warned | added | asked | i | we | our | us | you | your | however | but | therefore | also | thus | this | these | those | he | she | yesterday | today | tomorrow | year | percent | per \s cent | was | were | had | has | have | will | would | could | should | must | did ) \b | %";

    QUESTION_OR_ANSWER = r"^ (?-i: Q | A | QUESTION | ANSWER ) \s? [.:] \s \S";
    /// `Jane Doe: I do not know.`
    SPEAKER_LABEL = r"^ (?-i: (?: \p{Lu} [\p{L}.’'\-]* \s ){0,2} \p{Lu} [\p{L}.’'\-]* ) : \s \S";

    /// A sentence that begins with these has a verb of its own: no heading, however short.
    PRONOUN = r"^ (?: he | she | they | i | we | it \s (?: was | had | has | will ) | there \s (?: is | are | was | were ) | this \s (?: is | was ) ) \b";
    REPORTS = r"\b (?: said | says | told | added | according \s to ) \b";

    NAME_ALONE = r"^ (?-i: \p{Lu} [\p{Ll}’'\-]+ (?: \s \p{Lu} \.? )? (?: \s \p{Lu} [\p{L}’'\-]+ ){1,2} ) $";

    EMBEDDED_POST = r"^ [—–\-]+ \s* [^()]{2,60} \( @ \w+ \) .{0,40} $";
    BRACKETED_NAME = r"^ [\[(] \s* (?-i: \p{Lu} ) [\p{L}.&’'\-]* (?: \s (?-i: \p{Lu} ) [\p{L}.&’'\-]* ){0,3} \s* [\])] $";

    SIGN_OFF = r"^ (?: [—–\-]{1,2} \s* (?-i: \p{Lu} ) [\p{L}\s./&’'\-]+ | [(\[] (?-i: \p{Lu} ) [\p{L}\s./&’'\-]+ [)\]] | [—–\-]* \s* (?-i: ENDS | END | ends ) \s* [—–\-]* | - \s* 30 \s* - ) $";
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;

    #[track_caller]
    fn check(pattern: &Regex, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(pattern.is_match(text), "should match: {text}");
        }
        for text in no {
            assert!(!pattern.is_match(text), "should not match: {text}");
        }
    }

    #[test]
    fn pointers() {
        check(
            &POINTER,
            &[
                "Read more:",
                "READ MORE: Why ferries are late",
                "Related:",
                "RELATED STORIES",
                "Watch: A ferry sinks",
                "Also read:\nFerries",
                "Most read",
                "You may also like",
                "Related articles: One",
            ],
            &[
                "Related firms said: no",
                "More people read the news than before.",
                "Watch out for the ice.",
                "Live music returned to the harbour.",
            ],
        );
    }

    #[test]
    fn credits() {
        check(
            &CREDIT,
            &[
                "(AP Photo/Jane Doe)",
                "A ferry at dawn. Photo: Jane Doe",
                "Getty Images",
                "REUTERS/Jane Doe",
                "A ferry [Jane Doe/AFP]",
                "Image source, Reuters",
                "Photograph by Jane Doe",
                "Credit: Jane Doe",
                "© Jane Doe",
                "Jane Doe/The Daily Paper via AP",
                "(Harbour Office via AP)",
            ],
            &[
                "The photo was taken in May.",
                "The deal was signed, he said (see above).",
                "The party (CDU/CSU) lost.",
                "He works for Reuters.",
                "The figures were first reported by Reuters.",
            ],
        );
    }

    #[test]
    fn bylines() {
        check(
            &BY,
            &[
                "By Jane Doe",
                "BY JANE DOE and JOHN ROE",
                "By Jane Doe, Staff Writer",
                "Written by Jane Doe",
                "By our staff reporter",
            ],
            &[
                "By Monday he had resigned.",
                "By the time he left the harbour was closed",
            ],
        );
        check(
            &NAME_AND_PLACE_OF_WORK,
            &[
                "Jane Doe, Reuters",
                "Jane Doe | The Daily Post",
                "Jane Doe in Paris",
            ],
            &["Jane Doe resigned"],
        );
    }
}
