"""Words that tell a person's name from other words with a capital: what is no name, what may be one, first names."""

_WORDS = """
a an and any are as at be because been both but by can could did do does during each either every few for from had has
have he her here hers him his how however i if in into is it its many me might more most must my neither no nobody
none nor not now of on once one only or other our out over several shall she should since so some somebody such than
that the their them then there these they this those though through to together too two three four five six seven
eight nine ten under until up upon us very was we were what when where whether which while who whom whose why with
within without would yes yet you your after again against all almost along already also although always among another
before behind below beside between beyond despite down even ever first second third last next never off often perhaps
quite rather recently soon still born later following therefore thus hence meanwhile additionally furthermore moreover
subsequently eventually nevertheless nonetheless finally consequently unfortunately sadly clearly having being given
based according prior

january february july september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday
tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun easter christmas lent
eid ramadan

mr mrs ms miss mx dr drs prof professor sir dame lord lady baroness rev revd rev'd reverend cllr councillor honour hon
honourable right justice judge recorder chancellor majesty queen’s king’s pc pcs dc dcs ds di dci pcso supt sgt insp
det wpc cdr acc dcc constable constables sergeant inspector superintendent detective commander commissioner acting
temporary sister nurse nurses midwife midwives matron doctor doctors gp gps fr canon rabbi messrs physiotherapist
physiotherapists radiologists pathologists lecturers tutors mentors pharmacists paramedics surgeons dentists
psychologists psychiatrists therapists registrars consultants solicitors barristers coroners magistrates interpreters
chaplains vicars priests bishop gov wkr wkrs mgr mgrs tchr tchrs solr solrs reg cons cleaner driver
technician tech specialists caller applicant complainant perp nbr escort escorts off grandma granddad
grandpa mam alias nominal signed countersigned hi hello hiya box hub sch d.o.b d.o.d stepdad stepmum step-dad step-mum
granny madam allah childline samaritans afro-caribbean romani mo fa year years boxing great-aunt great-uncle
non-molestation post-mortem colleague colleagues
orthopaedic orthopaedics cardiology neurology oncology obstetrics gynaecology paediatrics anaesthetist dermatology
ophthalmology radiology audiology haematology psych paed paeds councillors advocate advocates
keyworker keyworkers caseworker assistants lodger lodgers
friend friends babysitter man woman men suspect offender offenders attorney nursery consultant registrar paediatrician
paediatricians psychiatrist psychologist therapist surgeon dentist pharmacist paramedic practitioner practitioners
physician radiologist pathologist obstetrician health visitor visitors worker workers social carer carers fosterer
adopter childminder teacher teachers headteacher deputy assistant senco governor governors mentor tutor lecturer
principal solicitor barrister counsel guardian coroner magistrate officer officers manager managers director directors
chair chairs chairman chairwoman chairperson author authors reviewer reviewers lead leader leads member members chief
executive executives secretary clerk coordinator co-ordinator adviser advisor administrator supervisor employer
independent allocated named designated senior junior trainee student qualified newly approved specialist professional
professionals staff team teams agency agencies landlord tenant neighbour caller referrer informant witness interpreter
priest vicar imam pastor chaplain hv sw fsw iro lado ta dsl cp sho rmn rgn sen ehcp nspcc cafcass camhs cpn ssw

child children child’s children’s baby babies infant infants toddler boy girl boys girls person persons people
people’s adult adults youth twins twin sibling siblings half-sibling mother father mother’s father’s mum dad mgm mgf
pgm pgf parent parents stepfather stepmother step-father step-mother partner partners grandmother grandfather
grandparent grandparents nan nana gran grandad aunt auntie uncle cousin cousins brother brothers sisters son sons
daughter daughters nephew niece wife husband boyfriend girlfriend family families household subject victim perpetrator

abuse abusive academy act action addiction address admission admissions adoption advice advisory after-care age aged
alcohol allegation allegations ambulance analysis annual antenatal anti-social apgar apologies appeal appendix
appointment area article assembly assessed assessment assessments association attendance audit authorities authority
awareness award background barnardo’s benefit benefits bill birth board board’s boards body borough branch briefing
british bruise bruising bureau business cabinet care case cases category centre centres charity chronology city civic
civil clinic clinical college commission commissioning committee common communication community complaint complaints
concern concerns conclusion conclusions conduct conference consent constabulary contact contacts contents context
coordination core corporate council councils counselling country county court crime criminal crisis crown curriculum
custody data date dear decision delivered delivery department development diary dieticians disability disclosure
discussion district division domestic draft drug drugs duties duty early education educational ehm emergency emotional
england enquiries enquiry entry equality estate europe european event evidence examination exclusion exclusions expert
facebook facts female final finding findings focus form former foster foundation framework free full fund funding
further future gender general gillick government grammar group groups guidance guidelines harm health-care healthcare
hearing help high higher history home homes hospital hospitals housing human hygiene identifying immigration impact
improving improvement incident incidents indicators individual induction infirmary information initial inquest inquiry
instagram instructions integrated intelligence interim internal internet interview interviews introduction
investigation investigations ireland irish issues joint judgment key kingdom language learning leaflet legal lessons
letter level liaison licence life likely limited line list living local log london looked low magistrates’ male
management marac mappa mash maternity medical medication medicine meeting meetings mental methodology midwifery
minister ministry minor minutes missing model multi-agency national need needs neglect neonatal network nhs night note
notes notice number nursing objectives occupational office ofsted operational operations order orders organisation
organisational outcome outcomes outreach overview panel paper paragraph parental parenting parish parliament part
partnership partnerships patient payment perinatal period personal phase physical pilot place placement placements
plan planning plans playgroup police policies policy population postnatal practice pre-birth pregnancy prevention
preventive previous primary prison privacy private probation procedure procedures process profession profile programme
project projects protection protocol protocols provider providers provision psychiatric psychology public publication
published pupil purpose quality quarter question questions racial recommendation recommendations record records
recovery reference referral referrals refuge regional register registration regulation regulations rehabilitation
relationship report reports representation request research residence residential resolution resource resources
response responsibilities responsibility result review reviews rights risk risks road room royal rule rules safe
safeguarding safety scheme school schools science scotland scottish screening scrutiny secondary section secure
security self-harm sent serious service services sex sexual signs sincerely faithfully sixth skills sobriety society
solutions source special speech stage standard standards start state statement station status statutory strategic
strategies strategy strengths structure substance suicide summary supervision support sure surgery surname forename
name names suspected system systems table tac taf task teaching technical telephone tel terms test themes theory
therapy threshold thresholds timeline timescale title today tools training transition treatment trust trusts type unit
united universal universities university update vaccination version village violence violent visit visits voice
voluntary vulnerable wales warning welfare welsh whole wishes women women’s working workforce youth’s zone asian
african polish romany traveller muslim sikh hindu jewish catholic caribbean eastern pakistani indian bangladeshi
albanian american anglican anybody anyone arabic australian austrian belgian bengali brazilian buddhist bulgarian
canadian chinese congolese czech danish dutch egyptian eritrean ethiopian everybody everyone everything filipino
gambian german ghanaian greek gujarati gypsy hindi hungarian iranian iraqi israeli italian jamaican japanese kenyan
kosovan kurdish lebanese libyan malaysian methodist moroccan mosque neighbours nepalese norwegian nothing portuguese
punjabi relatives russian rwandan serbian slovak slovakian someone something sudanese swedish swiss syrian tamil
tanzanian thai tunisian turkish ugandan ukrainian urdu vietnamese yemeni zimbabwean
nigerian somali romanian latvian lithuanian northern southern western central greater upper lower new old great

idva isva ewo amhp sio oic flo yot mufti sheikh ald sr dsgt con hhj dj retd retired emeritus detectives sergeants
inspectors dietitian dietitians dietician counsellor counsellors receptionist receptionists nanny nannies caretaker
coach coaches imams pastors rabbis au pair

obe mbe cbe qc kc qpm jp mp phd msc ba bsc frcp frcpch mrcp imr imrs scr scrs lscb lac ccg pct cin cpr icpc rcpc dob
dna icq a&e ed nfa edd bst gmt dwp cps csc edt dfe doh gdc nmc gmc hcpc sudi sids dv da fgm cse ehc lea la ni nino uk
usa eu plo ico epo hmp hmrc id pin tv dvd cctv sim ref re cc fao pt pt’s

ask asked attended called chased contacted declined described discharged discussed escalated failed felt gave informed
knew left made moved noted phoned rang reported said saw seen spoke stated told took visited went wrote check thank
thanks yours present absent confirmed agreed advised account
"""

NOT_NAMES = frozenset(_WORDS.replace("’", "'").split())
"""In lower case, with straight apostrophes.

Words of grammar, months and days, titles and ranks, callings, family and what a review calls children, agencies, courts
and laws, the headings of reports, abbreviations, and the verbs that follow a name in notes written in capitals.
"""
DATES = frozenset(["may", "april", "june", "august", "jan"])
"""Months that are first names as well: once seen as a name they are not carried on through the document."""

_EITHER = """
abbott amber angel april archer august autumn baker ball bank banks barber baron barrow bell best bird bishop black
blessing bond booth brook brooks brown burn burns bush camp cannon carpenter carter chambers chase christian church
cook cooper cross crystal daisy dawn day dean destiny duke earl east ebony english faith field fields fisher fleet
force ford forest fox frank french frost gardner garland gates gold good grace grant gray green grey grove guy hall
hand harmony hart hawk hay head heath hill holly hook hope house hunter iris ivy jack jan jewel joy june kay key king
knight lake lamb lane law leaf lily little long low main major march mark marsh marshall mason may meadow melody miles
miller moody moon moss newman nightingale noble noon north olive pace page palmer park parker patience pearl penny
pepper pool poole pope poppy porter post potter precious price prince prudence ray read reed reeves rich ridge rivers
rock rose ruby rush sage savage sharp shepherd shore short silver singer smith snow south sparrow spring steel
sterling stone story street strong sue summer sunny sweet swift taylor temple thorn todd tower town turner underwood
vale vine violet walker wall ward waters webb weeks well wells west white wild will winner winter winters wise wolf
hyacinth moses eve wood woods work wright york young
asia aurora bear blue dale deacon don dot drew eden ember harper haven hazel kane kirk lance lincoln milan nova oakley
pat phoenix piper preston primrose river rob robyn rod roma rowan sandy sapphire savannah scout serenity sky sol storm
trinity willow woody wren
"""
WORDS_AND_NAMES = frozenset(_EITHER.split())
"""Ordinary words that are names as well: a name beside another name or behind a title, else a word."""

_GIVEN = """
abdullahi abu ade adil agata ahmet akosua aled alfonso anders andy anjali anwen arif artur azra babs bahar beata
becca beti blodwen bob bobby bola cath cathal chandra chloë cora dai dan danuta darko deb dee delia dev dionne dom
donal eddy elif ellis emre eoghan ewelina fay fergus fionn fran gaz gerry ginny gosia grzegorz gwyneth hamish
hanna harriet hassan iestyn ifan ikram imran indira ingrid iqra ishaan ivo jarek jas jaz jen jez josie jude kamla kath
kathie kev kwesi lee len lena leyla lil liz llinos lou lowri lyn mags maja malik manoj marcia mariusz marlene
matt mel meera mehwish merv mick mitch moira ned nia nikhil nuala nuno orla owain pablo padraig pat pav pavel pedro
polly priti radu raheem ria ric rick rina ron ros roz rudi rui saira sam sandeep sanjeev saoirse seamus seb sem
shay shelly sid sinead siwan sofie stu tadeusz tam tanvir tasneem tegan theresa tilly tracie trish tudor uzma
val vic vicky viv wes wojciech xavier yasmin yvette zac zack zainab zara zbigniew zoe zofia
aaron abbie abby abdi abdul abdullah abigail abraham adam adele adrian agnes ahmad ahmed aidan aiden aileen aisha
aisling ajay akua alan alana alasdair albert alec alejandro aleksander aleksandra alex alexander alexandra alexis
alfie alfred ali alice alicia alina alisha alison alistair allan allison alma amanda amara amber amelia amina aminata
amir amit amy ana anastasia andre andrea andreea andrei andrew andrzej aneta angel angela angelina angus anil anita
ann anna annabel anne annette annie anthony anton antonia antonio anya april archie ariana arjun arlene arthur asha
ashley asif asma audrey aurelia austin ava ayaan ayesha ayse babatunde bailey barbara barry bartosz beatrice becky
belinda ben benedict benjamin bernadette bernard beryl beth bethan bethany betty beverley bilal bill billy blake
blessing bogdan bonnie brad bradley brandon brenda brendan brett brian bridget bronwen brooke bruce bryan bryony
caitlin callum cameron camilla carl carla carly carmen carol carole caroline carolyn carrie carys catherine cathy
catriona cecilia ceri chad chantelle charlene charles charlie charlotte chelsea cheryl chidi chinedu chloe chris
chrissie christian christina christine christopher ciara cindy claire clara clare claudia clifford clive cody colette
colin colleen connie connor conor constance corey courtney craig curtis cynthia daisy daniel daniela daniella danielle
danny daphne darius darren dave david davina dawid dawn dean debbie deborah declan deepak delroy denise dennis derek
desmond devon diana diane dilys dimitri dominic dominik donald donna donovan dora doreen doris dorota dorothy douglas
duncan dwayne dylan eamon ebony eddie edith edna edward edwin efua eileen elaine eleanor elena eli elijah elin eliza
elizabeth ella ellen ellie elliot elliott elsie elspeth emeka emil emilia emily emma emmanuel eric erica erin ernest
esme esther ethan eugene eva evan eve evelyn ewa ewan faith farah farhan farida fatema fatima fatou faye felicity
felix femi finlay fiona florence folasade frances francesca francis frank franklin fred freda freddie frederick freya
gabriel gabriela gail gareth gary gavin gemma geoff geoffrey george georgia georgina gerald geraldine gerard gethin
giles gillian gina giovanni gladys glen glenda glenn gloria glyn godfrey gordon grace graham grant greg gregory greta
gurpreet guy gwen gwendolen habiba hafsa halima hamza hana hannah hari harold harpreet harriet harrison harry harvey
hasan hassan hayley hazel heather heidi helen helena henry hermione hilary hilda hollie holly hope howard hugh hugo
humaira husna hussain hussein huw iain ian ibrahim ida idris ieuan ifeoma ike imogen imran india ines ingrid iona
irene iris isaac isabel isabella isabelle isaiah isla ismail ivan ivana ivy iwan jack jackie jackson jacob jacqueline
jade jake jakub jamal james jamie jamila jan jane janet janice janine jared jasmin jasmine jason jasper jay jaydan
jayden jayne jean jeanette jeff jeffrey jemima jenna jennifer jenny jeremy jermaine jerome jerry jessica jessie jill
jim jimmy jo joan joanna joanne jodie joe joel john johnny jolanta jon jonathan jordan joseph josephine josh joshua
joy joyce juan juanita jude judith judy julia julian julie juliet june justin justine justyna kai kamal kamila kamran
karen karim karl karolina kasia katarzyna kate katherine kathleen kathryn kathy katie katrina katy kay kayden kayla
kayleigh keeley keira keith kelly kelly-anne kelvin ken kenneth kerry kevin khadija khalid kian kiera kieran kimberley
kirsten kirsty kofi krystian krzysztof kuldeep kwame kwesi kyle kylie laila lamar lana lara latoya laura lauren
laurence lawrence layla leah leanne lee leila lena leo leon leonard leonie leroy lesley leslie levi lewis liam lilian
lily linda lindsay lindsey lisa liz lloyd logan lois lola lorna lorraine louis louisa louise lucas lucia lucinda lucy
luis lukasz luke lydia lyndsey lynette lynn lynne mabel maddison madeleine madison magdalena mahmood maisie malcolm
malgorzata malik mandy manjit manuel marcel marcin marco marcus marek margaret maria mariam marian mariana marie
marilyn marina mario marion marjorie mark marlene marlon marta martha martin martyn marvin mary maryam mason mateusz
matilda matthew maureen maurice mavis max maxine maya megan mehmet melanie melissa mercy mia michael michaela michal
michele michelle miguel mihai mike mildred millie milly mina miriam mohamed mohammad mohammed moira molly mona monica
monika morgan moses mudassar muhammad muriel musa mustafa myra nadia nadine naomi narinder nasreen natalia natalie
natasha nathan nathaniel naveed neil nell nesta niall niamh nicholas nick nicola nicole nigel nikita nikki nina noah
noel nora norma norman nuala ola olga olive oliver olivia olivier ollie omar oscar osman owen oyin pamela parveen pat
patience patricia patrick paul paula pauline pawel pearl penelope penny percy perminder pete peter petra phil philip
philippa phillip phoebe phyllis piotr pippa poppy precious priscilla priya przemyslaw rachael rachel rafael rahim raj
rajesh ralph ranjit raquel rashid ravi ray raymond rebecca reece reginald rehana renata rhian rhiannon rhona rhys
richard ricky riley rita rob robert roberta roberto robin robyn rodney roger roisin roland roman ronald ronnie rory
rosa rosalind rose roseanne rosemary rosie roxanne roy ruby rufus rukhsana rupert russell ruth ryan sabrina sadia
saeed safiya sally sam samantha samina samir samira samson samuel sandra sanjay sara sarah sasha saskia scarlett scott
sean sebastian selina serena shabana shabnam shane shania shannon sharon shaun shauna sheila shelley sheridan shirley
shivani sian sidney sienna silvia simon simone sinead siobhan siân skye sofia solomon sonia sonya sophia sophie stacey
stacy stan stanislaw stanley stefan stella stephanie stephen steve steven stewart stuart sue sukhdeep suleiman sumayya
sunil sunita susan suzanne svetlana sybil syed sylvia tahir tamara tammy tanisha tanya tara tariq tasha taylor ted
temitope terence teresa terri terry tessa thelma theo theresa thomas tia tiffany tim timothy tina tobias toby todd tom
tomasz tommy toni tony tracey tracy trevor tristan troy tunde tyler tyrone ursula usman valerie vanessa vera verity
vernon veronica vicky victor victoria vijay vikram vince vincent viola violet viorel vivian vivien vivienne wanda
warren wayne wendy wesley wilfred will william winifred winston xavier yasmin yasmine yolanda yusuf yvette yvonne zac
bev cai shaz carys corwin mags debs hyacinth sapphire zach zachary zahra zainab zara zeinab zoe zofia zoë zuzanna
aaliyah aarav abena abi abiola adeel adeola adunni afua agnieszka aida aimee albie alessia alexa alia aliyah alyssa
amal amari amaya amelie anastazja andriy ania aniela annalise antoni anwar arabella aria arlo arran arwen arya ashanti
ashton asia athena avery ayden ayla aylin ayomide azaan barnaby beatrix bella benji bethanie billie blerim bobbi
bohdan brendon briony brodie brody brogan bronte bukola byron caleb callie camille cara carina casey caspar cassandra
cassidy cassie celia celine chantal chantel cherie cheyenne chidera chinwe chioma christy claudette clementine cleo
coby corinne cormac dafydd damian damien damon dana dante darcey darcie darcy daria dariusz darryl daryl dawit deacon
deepa delilah delphine demi denzel deon destinee dexter dilan dina dominika donnie dougie dulcie eamonn ebonie edie
edona eilidh eira elira elise elissa elodie eloise elsa emanuel enoch enzo eren erik ernie esmae esmay esmé esra ester
eunice evangeline evie ezekiel ezra fabian fahad faisal farzana fatiha fatmata fatoumata ffion finley finn flora
florin francesco francine frankie fraser gabby gaurav gaynor genevieve georgie ghazala gilly gino glynis gracie
graciela graeme gregor gurdeep gwenllian gwilym habib hadiya hallie hamid hamzah hanan hao harjit harley haroon harper
harri hasina hattie hector helga henryk herbert hiba huda ibtisam idowu idrees ilyas imaan imani imelda inaya indie
ioan ioana ionut iqbal isabela isha isobel isra ivanka iwona izaak izabella izzy jacek jaden jagdeep jahid jai jaime
jameel jana janelle jaroslaw jarrod jasminder jaswinder javid jax jaxon jaxson jayda jayla jaylen jed jemma jensen
jesse joaquin jodi joey johnathan jonah joni jordon josef josiah jozef jules juliana kabir kacey kacper kaden kalpana
kamaljit kamil kane kara karina karthik kasey katelyn kateryna kaylee keane keelan keenan kehinde keiran keisha kelsey
kendra kenny kenzie keri keziah khalida kieron kiran kirpal kirstie kirstin klaudia kobe kourtney kris kristian
kristina krystal kurt kwabena kyra lacey lakshmi lamin laney lateefah latisha lauryn leanna leighton lennie lennon
lennox leona leonardo lesya leticia lexi lexie liliana lillian lillie lilly livia livvy liza lizzie lottie louie luana
luca lucian lucie lucjan lula luljeta luther lyla lyle lynda lynsey lyra maariyah macey maciej mackenzie macsen macy
maddie mahmoud mahnoor maia malachi malakai malika manuela marc marcelo margot mariama martina maryann marzena mateo
mathew matteo mattie maude maximus maxwell mckenzie meena meghan mehboob mehreen melvin merryn micah mickey mihaela
mikael mikołaj milena milo mimi minh mirela mirza mitchell mohsin mollie morag muhammed mustapha myla myles nabila
nadeem nadira nafisa naila naima nam nancy nasra nasrin natalya nathalie navdeep neelam nelly nevaeh ngozi nico
nicolae niko nikola nirmala nisha nkechi noreen nyah oakley obinna octavia odette oisin oksana olamide olek oleksandr
olu oluwaseun oluwatobi omari ophelia orlando otis otto paddy paige paloma paola parminder patrik patryk paulette
payton peggy peyton philomena pia piers portia quentin rabia radoslaw rafe rafferty rajan rakesh ramona rana rania
raphael rasheed ravinder razia reanne rebekah reem reggie rehan remi renee reuben rex reza rhea rhianna ricardo rico
rihanna rizwan roan robbie robson rocco rochelle rohan romeo romy ronan rosalie rosanna rowena rudy rumana rupinder
ruqayya ryder rylan ryley saad saba sabah sadie safa safia sagal sahra saif sajid salim salma salman salvatore sameera
samia samiya santiago sarita seema seren seth shabir shagufta shah shahid shahida shaima shakeel shakira shamim
shamima shanaz shanelle shanice shanika shayla shayne shazia shea sheena sherry shreya siddiq silas silvana simona
simran skyla skylar slawomir sobia sonny soraya spencer stacie stanislava stefania steph stevie suki sultana sumaira
surinder suzie tabitha tahira talia tallulah tamar tamika tamzin tania tanzeel tash tatiana taylah tayo teddy tegwen
temi thea theodora theodore thomasina tiana tiegan tilda tobi tomas toyah travis trisha tristram tuyen tyra tyreece
tyrell tyrelle tyrese tyson ugo umar una valentina valeria vasil vasile vikki vinnie viorica vitaliy vladimir vytautas
waheed waqas warsame wilhelmina wilma winnie winnifred wyn xander xiu yahya yaqub yara yasmina yetunde yohannes
yordanos younis yousef yousuf yulia yusra zaheer zahid zaid zak zaki zane zarina zayn zdzislaw zdzisław zeeshan zena
zeynab zeynep zubair zuzia
"""
GIVEN_NAMES = frozenset(_GIVEN.split())
"""First names that are common in Britain, in lower case."""
_OPEN = """
the dr royal queen king st st. great old new upper lower north south east west sir dame lord lady our all holy sacred
saint little first christ university county
"""
OPEN_INSTITUTIONS = frozenset(_OPEN.split())
"""Words that open the name of a school or hospital, though they are no names alone."""
_UNITS = "police protection abuse investigation crime violence policy intelligence safeguarding court"
NO_HOSPITAL = frozenset(_UNITS.split())
"""Words of a unit that is an agency and treats nobody."""
_LETTER_BEHIND = """
child baby adult sibling brother sister half-sibling infant twin young person family subject male female worker
professional mother father mum dad uncle aunt partner cousin friend boy girl witness school house
"""
LETTERED = frozenset(_LETTER_BEHIND.split())
"""What a review calls people with a letter behind it: Child K."""
_PLACE = "hill street lane park church grove hall wood woods field fields green town meadow bank"
PLACES = frozenset(_PLACE.split())
"""What a place ends with that begins like a name: Rose Hill."""
